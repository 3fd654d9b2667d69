//! Components that the program trusts as its own code: limits hold for them all the same, and only what is
//! small is given to them on the stack of the thread.

use std::time::Duration;

use futures::StreamExt as _;
use tidegate_host::{Fault, Limits, ProviderConfig, Runtime};
use tidegate_tests::calls::{ask, fault, stream};
use tidegate_tests::guests::component;

const CPU: Duration = Duration::from_millis(50);

/// Past what is small, with room for what else a request has.
fn much() -> String {
    "x".repeat(80 << 10)
}

async fn trusting(guest: &str, limits: Limits) -> Runtime {
    let component = component(guest).await.trusted();
    let config = ProviderConfig::new().limits(limits);
    let runtime = Runtime::builder().provider(guest, component, config);
    runtime.build().unwrap()
}

#[tokio::test]
async fn limits_hold_and_the_next_call_finds_nothing_of_it() {
    let limits = Limits {
        cpu: CPU,
        memory: 4 << 20,
        table_elements: 5_000,
        again: u32::MAX,
        ..Limits::default()
    };
    let rogue = trusting("rogue", limits.clone()).await;
    let raw = trusting("raw", limits).await;
    let met =
        async |runtime: &Runtime, model: &str, text: &str| fault(ask(runtime, model, text).await);
    for text in ["", &much()] {
        for model in ["spin-in-start", "spin-in-step", "spin-in-pieces"] {
            let model = format!("rogue/{model}");
            assert_eq!(met(&rogue, &model, text).await, Fault::Cpu(CPU), "{model}");
        }
        assert_eq!(
            met(&rogue, "rogue/hoard", text).await,
            Fault::Memory(4 << 20)
        );
        assert_eq!(met(&raw, "raw/stack", text).await, Fault::Stack);
        let trap = met(&raw, "raw/unreachable", text).await;
        assert!(matches!(trap, Fault::Trap(_)), "{trap:?}");
        let answer = ask(&rogue, "rogue/well-behaved", text).await.unwrap();
        assert_eq!(answer.text(), "fine");
    }
}

/// One thread for both calls: whoever is asked first holds it, or does not.
async fn is_held_by(text: &str) -> bool {
    let limits = Limits {
        cpu: CPU,
        ..Limits::default()
    };
    let runtime = trusting("rogue", limits).await;
    let mut spinning = stream(&runtime, "rogue/spin-in-start", text).await.unwrap();
    tokio::select! {
        biased;
        event = spinning.next() => {
            assert_eq!(fault(event.unwrap()), Fault::Cpu(CPU));
            true
        }
        answer = ask(&runtime, "rogue/well-behaved", "") => {
            assert_eq!(answer.unwrap().text(), "fine");
            false
        }
    }
}

#[tokio::test]
async fn only_what_is_small_may_hold_the_thread() {
    assert!(is_held_by("").await);
    assert!(!is_held_by(&much()).await);
}

/// What they import may make them wait, for which they need a stack of their own.
#[tokio::test]
async fn those_with_an_operating_system_are_as_before() {
    let limits = Limits {
        handles: 64,
        ..Limits::default()
    };
    let runtime = trusting("ported", limits).await;
    assert_eq!(
        fault(ask(&runtime, "ported/hoard", "").await),
        Fault::Handles(64)
    );
}
