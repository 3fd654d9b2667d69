//! Every limit of what a guest may use by itself, met by a guest that takes more: each is a fault
//! of its own, which names the setting.

use std::time::{Duration, Instant};

use futures::StreamExt as _;
use tidegate_host::{Fault, Limits, ProviderConfig, Runtime};
use tidegate_tests::calls::{ask, fault, question, runtime_with, stream};
use tidegate_tests::upstream::{Answer, Upstream};

/// A guest under limits of its own.
async fn limited(guest: &str, limits: Limits) -> Runtime {
    runtime_with(guest, ProviderConfig::new().limits(limits)).await
}

#[tokio::test]
async fn memory() {
    let limits = Limits {
        memory: 4 << 20,
        ..Limits::default()
    };
    let runtime = limited("rogue", limits).await;
    let fault = fault(ask(&runtime, "rogue/hoard", "").await);
    assert_eq!(fault, Fault::Memory(4 << 20));
    assert!(fault.to_string().contains("`limits.memory`"), "{fault}");
}

#[tokio::test]
async fn memory_that_a_guest_can_do_without() {
    let runtime = limited("rogue", Limits::default()).await;
    let answer = ask(&runtime, "rogue/hoard-in-vain", "").await.unwrap();
    assert_eq!(answer.text(), "refused");
}

#[tokio::test]
async fn memories_are_counted_together() {
    let limits = Limits {
        memory: 4 << 20,
        ..Limits::default()
    };
    let alone = limited("raw", limits.clone()).await;
    let trap = fault(ask(&alone, "raw/memory", "").await);
    assert!(matches!(trap, Fault::Trap(_)), "there was room: {trap:?}");
    let heavy = limited("heavy", limits).await;
    assert_eq!(
        fault(ask(&heavy, "heavy/memory", "").await),
        Fault::Memory(4 << 20)
    );
}

#[tokio::test]
async fn a_guest_that_begins_with_more_memory_than_it_may_have() {
    let limits = Limits {
        memory: 64 << 10,
        ..Limits::default()
    };
    let runtime = limited("raw", limits).await;
    assert_eq!(
        fault(ask(&runtime, "raw/unreachable", "").await),
        Fault::Memory(64 << 10)
    );
}

#[tokio::test]
async fn tables_are_counted_together() {
    let limits = Limits {
        table_elements: 5_000,
        ..Limits::default()
    };
    let alone = limited("raw", limits.clone()).await;
    let trap = fault(ask(&alone, "raw/table", "").await);
    assert!(matches!(trap, Fault::Trap(_)), "there was room: {trap:?}");
    let heavy = limited("heavy", limits).await;
    assert_eq!(
        fault(ask(&heavy, "heavy/table", "").await),
        Fault::Tables(5_000)
    );
}

#[tokio::test]
async fn stack() {
    let runtime = limited("raw", Limits::default()).await;
    assert_eq!(fault(ask(&runtime, "raw/stack", "").await), Fault::Stack);
}

#[tokio::test]
async fn cpu_in_start_in_step_and_in_many_steps() {
    let cpu = Duration::from_millis(50);
    let limits = Limits {
        cpu,
        again: u32::MAX,
        ..Limits::default()
    };
    let runtime = limited("rogue", limits).await;
    for model in ["spin-in-start", "spin-in-step", "spin-in-pieces"] {
        let fault = fault(ask(&runtime, &format!("rogue/{model}"), "").await);
        assert_eq!(fault, Fault::Cpu(cpu), "{model}");
        assert!(fault.to_string().contains("`limits.cpu`"), "{fault}");
    }
}

#[tokio::test]
async fn cpu_while_a_request_is_handed_over_and_after_the_answer_was() {
    let cpu = Duration::from_millis(50);
    let limits = Limits {
        cpu,
        ..Limits::default()
    };
    let runtime = limited("raw", limits).await;
    let long = "x".repeat(2 << 20);
    assert_eq!(
        fault(ask(&runtime, "raw/unreachable", &long).await),
        Fault::Cpu(cpu)
    );
    assert_eq!(fault(ask(&runtime, "raw/after", "").await), Fault::Cpu(cpu));
}

#[tokio::test]
async fn cpu_while_the_host_reads_what_a_guest_returned() {
    // Far less than reading 100,000 actions takes, which are no work for the guest; and of this one
    // nothing runs afterwards that would notice.
    let limits = Limits {
        cpu: Duration::from_millis(1),
        ..Limits::default()
    };
    let runtime = limited("bare", limits.clone()).await;
    assert_eq!(
        fault(ask(&runtime, "bare/zeros", "").await),
        Fault::Cpu(limits.cpu)
    );
    // With more time it would be what is in the list that ends the call.
    let patient = limited("bare", Limits::default()).await;
    let breach = fault(ask(&patient, "bare/zeros", "").await);
    assert!(matches!(breach, Fault::Contract(_)), "{breach:?}");
}

#[tokio::test]
async fn waiting_costs_no_cpu_time() {
    let limits = Limits {
        cpu: Duration::from_millis(250),
        ..Limits::default()
    };
    let upstream = Upstream::answering(Answer::new(200).body("late").stall_before_head());
    let config = ProviderConfig::new()
        .allow(upstream.url("/*"))
        .limits(Limits {
            first_byte: Duration::from_secs(1),
            fetches: 1,
            ..limits
        });
    let runtime = runtime_with("rogue", config).await;
    // It begs again, four times its CPU limit later.
    let fault = fault(ask(&runtime, "rogue/beg", &upstream.url("/")).await);
    assert_eq!(fault, Fault::Fetches(1));
}

#[tokio::test]
async fn timeout() {
    let limits = Limits {
        timeout: Duration::from_millis(100),
        ..Limits::default()
    };
    let runtime = limited("rogue", limits.clone()).await;
    let asked = Instant::now();
    let fault_of_sleeper = fault(ask(&runtime, "rogue/sleep", "").await);
    assert_eq!(fault_of_sleeper, Fault::Timeout(limits.timeout));
    assert!(asked.elapsed() < Duration::from_secs(10));
    // A guest that uses its time up by itself, under a generous CPU limit.
    assert_eq!(
        fault(ask(&runtime, "rogue/spin-in-start", "").await),
        Fault::Timeout(limits.timeout)
    );
}

#[tokio::test]
async fn a_caller_lowers_the_timeout_and_is_told_its_own() {
    let runtime = limited("rogue", Limits::default()).await;
    let timeout = Duration::from_millis(50);
    let options = tidegate_host::CallOptions {
        timeout: Some(timeout),
        ..Default::default()
    };
    let events = runtime
        .chat(question("rogue/sleep", ""), options)
        .await
        .unwrap();
    assert_eq!(fault(events.complete().await), Fault::Timeout(timeout));
}

#[tokio::test]
async fn fetches() {
    let limits = Limits {
        fetches: 5,
        ..Limits::default()
    };
    let runtime = limited("rogue", limits).await;
    // Denied ones count: asking is what is bounded.
    let fault = fault(ask(&runtime, "rogue/beg", "https://api.example.com/").await);
    assert_eq!(fault, Fault::Fetches(5));
}

#[tokio::test]
async fn events_at_once_and_one_by_one() {
    let limits = Limits {
        events: 100,
        ..Limits::default()
    };
    let runtime = limited("rogue", limits).await;
    assert_eq!(
        fault(ask(&runtime, "rogue/chatter", "").await),
        Fault::Events(100)
    );
    assert_eq!(
        fault(ask(&runtime, "rogue/chatter-at-once", "100").await),
        Fault::Events(100)
    );
    // The finish is one, too.
    ask(&runtime, "rogue/chatter-at-once", "99").await.unwrap();
}

#[tokio::test]
async fn again() {
    let limits = Limits {
        again: 50,
        ..Limits::default()
    };
    let runtime = limited("rogue", limits).await;
    assert_eq!(
        fault(ask(&runtime, "rogue/again", "").await),
        Fault::Again(50)
    );
}

#[tokio::test]
async fn handover_of_one_turn() {
    let limits = Limits {
        handover: 1 << 20,
        ..Limits::default()
    };
    let runtime = limited("rogue", limits).await;
    let too_much = (2 << 20).to_string();
    let fault = fault(ask(&runtime, "rogue/handover", &too_much).await);
    assert_eq!(fault, Fault::Handover(1 << 20));
    assert!(fault.to_string().contains("`limits.handover`"), "{fault}");
    // Half of it, eight times, is well: the limit is of one turn.
    let half = (1_usize << 19).to_string();
    let answer = ask(&runtime, "rogue/handover-in-pieces", &half)
        .await
        .unwrap();
    assert_eq!(answer.text().len(), 8 * (1 << 19) + "fine".len());
}

#[tokio::test]
async fn output_of_all_turns_together() {
    let limits = Limits {
        output: 1 << 20,
        ..Limits::default()
    };
    let runtime = limited("rogue", limits).await;
    // No turn hands over more than a quarter of it, and there are eight.
    let quarter = (1_usize << 18).to_string();
    let fault = fault(ask(&runtime, "rogue/handover-in-pieces", &quarter).await);
    assert_eq!(fault, Fault::Output(1 << 20));
    assert!(fault.to_string().contains("`limits.output`"), "{fault}");
}

#[tokio::test]
async fn output_in_whatever_field() {
    let limits = Limits {
        output: 1 << 20,
        ..Limits::default()
    };
    let runtime = limited("rogue", limits).await;
    for place in ["subject", "title", "media-type", "name", "token"] {
        let fault = fault(ask(&runtime, "rogue/hide", place).await);
        assert_eq!(fault, Fault::Output(1 << 20), "{place}");
    }
}

#[tokio::test]
async fn timeout_of_a_guest_that_is_never_waited_for() {
    let limits = Limits {
        cpu: Duration::from_secs(600),
        again: u32::MAX,
        timeout: Duration::from_millis(100),
        ..Limits::default()
    };
    let runtime = limited("rogue", limits.clone()).await;
    assert_eq!(
        fault(ask(&runtime, "rogue/again", "").await),
        Fault::Timeout(limits.timeout)
    );
}

#[tokio::test]
async fn handles() {
    let limits = Limits {
        handles: 64,
        ..Limits::default()
    };
    let runtime = limited("ported", limits).await;
    let fault = fault(ask(&runtime, "ported/hoard", "").await);
    assert_eq!(fault, Fault::Handles(64));
}

#[tokio::test]
async fn a_guest_may_hold_its_thread_for_a_tick_only() {
    // One thread for both: were it held, the other call would wait for the CPU limit.
    let limits = Limits {
        cpu: Duration::from_secs(60),
        ..Limits::default()
    };
    let runtime = limited("rogue", limits).await;
    let mut spinning = stream(&runtime, "rogue/spin-in-start", "").await.unwrap();
    tokio::select! {
        event = spinning.next() => panic!("{event:?}"),
        answer = ask(&runtime, "rogue/well-behaved", "") => assert_eq!(answer.unwrap().text(), "fine"),
    }
}
