//! An instance per caller, where the operator chose that: who gets one that was used before, after which
//! ends of a call nobody does, when one is given up, and that a call in it has all that it has in a fresh
//! one. What a guest counts in its memory tells them apart.

use std::time::Duration;

use futures::future::join_all;
use futures::{FutureExt as _, StreamExt as _};
use tidegate_host::{
    CallOptions, Completion, Component, Engine, EngineConfig, Error, EventStream, Fault, Isolation,
    Limits, ProviderConfig, Result, Runtime,
};
use tidegate_tests::calls::{builder_with, fault, provider_error, question, runtime_with};
use tidegate_tests::guests::{bytes, chameleon, component};
use tidegate_tests::upstream::{Answer, Upstream, Valve};

use crate::answers::{hello, openai_at};

fn shared() -> ProviderConfig {
    ProviderConfig::new().isolation(Isolation::Caller)
}

async fn rogue() -> Runtime {
    runtime_with("rogue", shared()).await
}

fn by(caller: &str) -> CallOptions {
    CallOptions {
        caller: Some(caller.into()),
        ..CallOptions::default()
    }
}

async fn begin(runtime: &Runtime, caller: &str, model: &str, text: &str) -> Result<EventStream> {
    runtime.chat(question(model, text), by(caller)).await
}

async fn ask(runtime: &Runtime, caller: &str, model: &str, text: &str) -> Result<Completion> {
    begin(runtime, caller, model, text).await?.complete().await
}

/// How many exchanges the instance of this caller's next call has seen, that one included.
async fn count(runtime: &Runtime, caller: &str) -> u32 {
    let answer = ask(runtime, caller, "rogue/count", "").await.unwrap();
    answer.text().parse().unwrap()
}

fn idle(runtime: &Runtime, provider: &str) -> usize {
    let provider = runtime.provider(provider).unwrap();
    provider.version().idle_instances()
}

#[tokio::test]
async fn a_caller_gets_its_own_instance_again_and_nobody_else_does() {
    let runtime = rogue().await;
    let said = async |caller: &str, text: &str| {
        let answer = ask(&runtime, caller, "rogue/gossip", text).await;
        answer.unwrap().text()
    };
    assert_eq!(said("a", "one").await, "");
    assert_eq!(said("a", "two").await, "one");
    assert_eq!(said("b", "three").await, "");
    assert_eq!(said("a", "four").await, "one two");
    assert_eq!(said("b", "five").await, "three");
    // Names that only look alike.
    for stranger in ["", "A", "a ", "ab"] {
        assert_eq!(said(stranger, "six").await, "", "`{stranger}`");
    }
}

#[tokio::test]
async fn without_a_caller_every_call_has_an_instance_of_its_own() {
    let runtime = rogue().await;
    for _ in 0..3 {
        let answer = tidegate_tests::calls::ask(&runtime, "rogue/count", "").await;
        assert_eq!(answer.unwrap().text(), "1");
    }
    assert_eq!(idle(&runtime, "rogue"), 0);
}

#[tokio::test]
async fn unless_it_is_chosen_every_call_has_an_instance_of_its_own() {
    let runtime = runtime_with("rogue", ProviderConfig::new()).await;
    for _ in 0..3 {
        assert_eq!(count(&runtime, "a").await, 1);
    }
    assert_eq!(idle(&runtime, "rogue"), 0);
}

#[tokio::test]
async fn calls_at_once_have_different_instances() {
    let runtime = rogue().await;
    assert_eq!(count(&runtime, "a").await, 1);
    let calls = (0..4).map(|_| begin(&runtime, "a", "rogue/count-after-a-turn", ""));
    let calls = join_all(calls).await.into_iter();
    let answers = join_all(calls.map(|call| call.unwrap().complete())).await;
    let mut counts: Vec<String> = answers.into_iter().map(|it| it.unwrap().text()).collect();
    counts.sort();
    assert_eq!(counts, ["1", "1", "1", "2"]);
    assert_eq!(idle(&runtime, "rogue"), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn callers_at_once_never_meet() {
    let runtime = rogue().await;
    let calls = (0..48).map(|number| {
        let runtime = runtime.clone();
        tokio::spawn(async move {
            let caller = format!("caller-{}", number % 6);
            let mut heard = 0;
            for _ in 0..25 {
                let answer = ask(&runtime, &caller, "rogue/gossip", &caller).await;
                let said = answer.unwrap().text();
                assert!(
                    said.split(' ').all(|it| it.is_empty() || it == caller),
                    "{said}"
                );
                heard += usize::from(!said.is_empty());
            }
            heard
        })
    });
    let calls: Vec<_> = calls.collect();
    let heard = join_all(calls).await.into_iter().map(|it| it.unwrap());
    assert!(heard.sum::<usize>() > 0, "no instance was used twice");
}

/// In an instance that has been used before, so that there is one to be kept by mistake.
#[tokio::test]
async fn an_instance_is_not_used_again_after_a_call_that_ended_badly() {
    let limits = Limits {
        cpu: Duration::from_millis(200),
        memory: 4 << 20,
        timeout: Duration::from_secs(1),
        ..Limits::default()
    };
    let runtime = runtime_with("rogue", shared().limits(limits)).await;
    let endings = [
        "panic",
        "panic-in-step",
        "overrun",
        "hoard",
        "spin-in-start",
        "spin-in-step",
        "sleep",
        "nothing",
        "done-without-finish",
        "emit-after-done",
        "unknown-action",
        "fail",
    ];
    for ending in endings {
        assert_eq!(count(&runtime, "a").await, 1, "before `{ending}`");
        assert_eq!(count(&runtime, "a").await, 2, "before `{ending}`");
        let failed = ask(&runtime, "a", &format!("rogue/{ending}"), "").await;
        assert!(failed.is_err(), "`{ending}` went well");
        assert_eq!(idle(&runtime, "rogue"), 0, "after `{ending}`");
        assert_eq!(count(&runtime, "a").await, 1, "after `{ending}`");
        // For the next one.
        provider_error(ask(&runtime, "a", "rogue/fail", "").await);
    }
}

/// It comes to its end, and what it said is no answer.
#[tokio::test]
async fn an_instance_is_not_used_again_after_an_answer_that_is_none() {
    let runtime = rogue().await;
    assert_eq!(count(&runtime, "a").await, 1);
    // The reader stops in the middle.
    fault(ask(&runtime, "a", "rogue/delta-to-no-call", "").await);
    assert_eq!(count(&runtime, "a").await, 1);
    // There is nothing to be read.
    let counted = runtime.count_tokens_with(question("rogue/x", ""), by("a"));
    fault(counted.await);
    assert_eq!(count(&runtime, "a").await, 1);
}

#[tokio::test]
async fn an_instance_is_not_used_again_after_a_call_that_was_dropped() {
    let runtime = rogue().await;
    for before in 1..3 {
        assert_eq!(count(&runtime, "a").await, before);
    }
    // Not polled at all.
    drop(begin(&runtime, "a", "rogue/count", "").await.unwrap());
    assert_eq!(count(&runtime, "a").await, 1);
    // While it waits for something.
    let mut events = begin(&runtime, "a", "rogue/sleep", "").await.unwrap();
    assert!(events.next().now_or_never().is_none());
    drop(events);
    assert_eq!(count(&runtime, "a").await, 1);
    // While the guest is in the middle of a call.
    let mut events = begin(&runtime, "a", "rogue/spin-in-start", "")
        .await
        .unwrap();
    assert!(events.next().now_or_never().is_none());
    drop(events);
    assert_eq!(count(&runtime, "a").await, 1);
    // Although all is there, and only the end was not read.
    let mut events = begin(&runtime, "a", "rogue/count", "").await.unwrap();
    events.next().await.unwrap().unwrap();
    events.next().await.unwrap().unwrap();
    drop(events);
    assert_eq!(count(&runtime, "a").await, 1);
}

#[tokio::test]
async fn an_instance_is_not_used_again_after_a_call_that_an_operator_ended() {
    let runtime = rogue().await;
    assert_eq!(count(&runtime, "a").await, 1);
    let events = begin(&runtime, "a", "rogue/sleep", "").await.unwrap();
    let call = runtime.live_calls().remove(0);
    runtime.end_call(call.id).await.unwrap();
    let error = events.complete().await.unwrap_err();
    assert!(matches!(error, Error::Ended { .. }), "{error}");
    assert_eq!(count(&runtime, "a").await, 1);
}

#[tokio::test]
async fn after_so_many_calls_there_is_a_fresh_one() {
    let runtime = rogue().await;
    for before in 1..=1_000 {
        assert_eq!(count(&runtime, "a").await, before);
    }
    assert_eq!(idle(&runtime, "rogue"), 0);
    assert_eq!(count(&runtime, "a").await, 1);
}

#[tokio::test]
async fn an_instance_that_has_grown_is_given_up() {
    let runtime = rogue().await;
    let leak = async |bytes: usize| {
        let answer = ask(&runtime, "a", "rogue/leak", &bytes.to_string()).await;
        answer.unwrap().text()
    };
    assert_eq!(leak(100_000).await, "1");
    assert_eq!(leak(100_000).await, "2");
    assert_eq!(leak(1_000_000).await, "3");
    assert_eq!(leak(0).await, "1");
}

/// A call that takes all that it may have has as much in an instance that was used before.
#[tokio::test]
async fn a_leak_is_no_failed_call() {
    let limits = Limits {
        memory: 4 << 20,
        ..Limits::default()
    };
    let runtime = runtime_with("rogue", shared().limits(limits)).await;
    let page = 64 << 10;
    let mut most = 0;
    let too_much = loop {
        let pages = (most + page).to_string();
        let in_fresh = tidegate_tests::calls::ask(&runtime, "rogue/use", &pages).await;
        if in_fresh.is_err() {
            break in_fresh;
        }
        most += page;
    };
    assert!(most > 1 << 20, "{most}");
    assert_eq!(fault(too_much), Fault::Memory(4 << 20));
    for leak in ["200000", "500000", "900000"] {
        ask(&runtime, "a", "rogue/leak", leak).await.unwrap();
        let answer = ask(&runtime, "a", "rogue/use", &most.to_string()).await;
        assert_eq!(answer.unwrap().text(), "2", "after {leak}");
        // It is not that there is no limit.
        ask(&runtime, "a", "rogue/leak", leak).await.unwrap();
        let beyond = most + 2 * page;
        let too_much = ask(&runtime, "a", "rogue/use", &beyond.to_string()).await;
        assert_eq!(fault(too_much), Fault::Memory(4 << 20), "after {leak}");
    }
}

/// Where the pool gives no more than a call may have, nothing is left to earlier ones.
#[tokio::test]
async fn an_instance_that_may_have_all_that_the_engine_has_does_not_grow() {
    let engine = Engine::new(EngineConfig {
        instances: 2,
        memory: 4 << 20,
        ..EngineConfig::default()
    });
    let engine = engine.unwrap();
    let limits = Limits {
        memory: 4 << 20,
        ..Limits::default()
    };
    let rogue = Component::from_bytes(&engine, "rogue", bytes("rogue")).await;
    let builder = Runtime::builder().provider("rogue", rogue.unwrap(), shared().limits(limits));
    let runtime = builder.build().unwrap();
    assert_eq!(count(&runtime, "a").await, 1);
    assert_eq!(count(&runtime, "a").await, 2);
    ask(&runtime, "a", "rogue/leak", "200000").await.unwrap();
    assert_eq!(idle(&runtime, "rogue"), 0);
    ask(&runtime, "a", "rogue/use", "2700000").await.unwrap();
}

/// Refused memory is nothing to go on with: what the guest made of it nobody knows.
#[tokio::test]
async fn an_instance_that_has_met_a_limit_is_given_up() {
    let runtime = rogue().await;
    assert_eq!(count(&runtime, "a").await, 1);
    let answer = ask(&runtime, "a", "rogue/hoard-in-vain", "").await.unwrap();
    assert_eq!(answer.text(), "refused");
    assert_eq!(count(&runtime, "a").await, 1);
}

/// Many calls, one instance, and no more memory after the last than after the first.
#[tokio::test]
async fn providers_on_the_sdk_stay_as_they_were() {
    let upstream = Upstream::answering(hello());
    let config = openai_at(&upstream).isolation(Isolation::Caller);
    let builder = builder_with("openai", config).await;
    let echo = component("echo").await;
    let runtime = builder.provider("echo", echo, shared()).build().unwrap();
    let text = "four words of text ".repeat(200);
    for (provider, model) in [("echo", "echo/echo-1"), ("openai", "openai/gpt-5-mini")] {
        let mut memory = Vec::new();
        for _ in 0..200 {
            let mut request = question(model, &text);
            request.stream = true;
            let mut events = runtime.chat(request, by("a")).await.unwrap();
            while let Some(event) = events.next().await {
                event.unwrap();
            }
            memory.push(events.cost().memory);
        }
        assert_eq!(idle(&runtime, provider), 1);
        memory.dedup();
        assert_eq!(memory.len(), 1, "`{provider}` grows: {memory:?}");
    }
}

#[tokio::test]
async fn a_call_has_all_of_its_cpu_time_whatever_was_used_before_it() {
    let runtime = rogue().await;
    for _ in 0..2 {
        let mut events = begin(&runtime, "a", "rogue/toil", "").await.unwrap();
        while let Some(event) = events.next().await {
            event.unwrap();
        }
        assert!(events.cost().cpu > Duration::ZERO);
    }
    let events = begin(&runtime, "a", "rogue/count", "").await.unwrap();
    assert_eq!(events.cost().cpu, Duration::ZERO);
    assert!(events.cost().memory > 0, "it has the memory that it has");
    assert_eq!(events.complete().await.unwrap().text(), "3");
}

#[tokio::test(start_paused = true)]
async fn instances_that_nobody_comes_back_for_are_given_up() {
    let runtime = rogue().await;
    assert_eq!(count(&runtime, "a").await, 1);
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(count(&runtime, "a").await, 2);
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(idle(&runtime, "rogue"), 1);
    tokio::time::sleep(Duration::from_secs(7)).await;
    assert_eq!(idle(&runtime, "rogue"), 0);
    assert_eq!(count(&runtime, "a").await, 1);
}

#[tokio::test]
async fn a_version_that_is_swapped_out_keeps_no_instances() {
    let valve = Valve::shut();
    let upstream = Upstream::answering(Answer::stream("text/plain", [" … "]).drip(&valve));
    let first = chameleon("version-1").await.unwrap();
    let config = shared().allow(upstream.url("/*"));
    let builder = Runtime::builder().provider("chameleon", first, config);
    let runtime = builder.build().unwrap();
    let before = runtime.provider("chameleon").unwrap().version();
    let said = async || {
        let answer = ask(&runtime, "a", "chameleon/at-once", "").await;
        answer.unwrap().text()
    };
    assert_eq!(said().await, "version-1");
    assert_eq!(before.idle_instances(), 1);
    let model = format!("chameleon/{}", upstream.url("/"));
    let mut under_way = begin(&runtime, "b", &model, "").await.unwrap();
    under_way.next().await.unwrap().unwrap();
    let second = chameleon("version-2").await.unwrap();
    let after = runtime.swap("chameleon", second).unwrap();
    assert_eq!(before.idle_instances(), 0);
    assert_eq!(said().await, "version-2");
    assert_eq!(after.idle_instances(), 1);
    // Whoever was under way does not leave one behind, either.
    valve.open();
    under_way.complete().await.unwrap();
    assert_eq!(before.idle_instances(), 0);
    // Gone back to, it is as it was.
    runtime.rollback("chameleon").unwrap();
    assert_eq!(after.idle_instances(), 0);
    assert_eq!(said().await, "version-1");
    assert_eq!(before.idle_instances(), 1);
}

#[tokio::test]
async fn a_provider_that_leaves_the_configuration_keeps_no_instances() {
    let runtime = rogue().await;
    assert_eq!(count(&runtime, "a").await, 1);
    let version = runtime.provider("rogue").unwrap().version();
    assert_eq!(version.idle_instances(), 1);
    let builder = builder_with("echo", ProviderConfig::new()).await;
    runtime.apply(builder).unwrap();
    assert_eq!(version.idle_instances(), 0);
}

#[tokio::test]
async fn one_that_is_configured_otherwise_begins_anew() {
    let runtime = rogue().await;
    assert_eq!(count(&runtime, "a").await, 1);
    let builder = builder_with("rogue", ProviderConfig::new()).await;
    runtime.apply(builder).unwrap();
    assert_eq!(count(&runtime, "a").await, 1);
    assert_eq!(count(&runtime, "a").await, 1);
}

/// Those of any provider, for any other: the pool is everybody's.
#[tokio::test]
async fn where_the_pool_is_full_idle_instances_are_given_up() {
    let engine = Engine::new(EngineConfig {
        instances: 2,
        ..EngineConfig::default()
    });
    let engine = engine.unwrap();
    let load = async |name: &str| {
        Component::from_bytes(&engine, name, bytes(name))
            .await
            .unwrap()
    };
    let runtime = Runtime::builder()
        .provider("rogue", load("rogue").await, shared())
        .provider("echo", load("echo").await, ProviderConfig::new())
        .build()
        .unwrap();
    for caller in ["a", "b"] {
        assert_eq!(count(&runtime, caller).await, 1);
    }
    assert_eq!(idle(&runtime, "rogue"), 2);
    // The one that has waited longest goes.
    tidegate_tests::calls::ask(&runtime, "echo/echo-1", "Hi")
        .await
        .unwrap();
    assert_eq!(idle(&runtime, "rogue"), 1);
    assert_eq!(count(&runtime, "b").await, 2);
    // To load a component takes an instance, too.
    assert_eq!(count(&runtime, "a").await, 1);
    assert_eq!(idle(&runtime, "rogue"), 2);
    load("echo").await;
    assert_eq!(idle(&runtime, "rogue"), 1);
    // A pool that is full of calls is full.
    let first = begin(&runtime, "c", "rogue/sleep", "").await.unwrap();
    let second = begin(&runtime, "c", "rogue/sleep", "").await.unwrap();
    let full = begin(&runtime, "d", "rogue/count", "").await.err().unwrap();
    assert!(matches!(full, Error::Busy { .. }), "{full}");
    drop((first, second));
    assert_eq!(count(&runtime, "d").await, 1);
}

/// Its state is not in its memory alone.
#[tokio::test]
async fn a_component_that_imports_wasi_has_an_instance_for_every_call() {
    let upstream = Upstream::answering(Answer::stream("text/plain", ["fine"]));
    let config = shared().allow(upstream.url("/*"));
    let runtime = runtime_with("ported", config).await;
    let answer = ask(&runtime, "a", "ported/GET", &upstream.url("/")).await;
    assert_eq!(answer.unwrap().text(), "200 fine");
    assert_eq!(idle(&runtime, "ported"), 0);
}
