//! What a guest writes for the operator: bounded, one line each, and unable to move a cursor.

use std::fmt;
use std::sync::{Arc, Mutex};

use tidegate_host::{Isolation, Limits, ProviderConfig};
use tidegate_tests::calls::{ask, runtime_with};
use tidegate_tests::guests::with_operating_system;
use tracing::field::{Field, Visit};
use tracing::span;
use tracing::subscriber::{DefaultGuard, Subscriber};

/// Keeps what is sent to `tracing` on this thread.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<Line>>>);

#[derive(Clone, Debug, Default)]
struct Line {
    target: String,
    message: String,
    fields: String,
}

impl Lines {
    fn listen(&self) -> DefaultGuard {
        tracing::subscriber::set_default(self.clone())
    }

    /// Those that a guest wrote, or that are about what it wrote.
    fn of_guests(&self) -> Vec<Line> {
        let mut lines = self.0.lock().unwrap().clone();
        lines.retain(|line| line.target == "tidegate::guest");
        lines
    }
}

impl Subscriber for Lines {
    fn enabled(&self, _metadata: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _span: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn event(&self, event: &tracing::Event<'_>) {
        let mut line = Line {
            target: event.metadata().target().into(),
            ..Line::default()
        };
        event.record(&mut line);
        self.0.lock().unwrap().push(line);
    }

    fn record(&self, _span: &span::Id, _values: &span::Record<'_>) {}
    fn record_follows_from(&self, _span: &span::Id, _follows: &span::Id) {}
    fn enter(&self, _span: &span::Id) {}
    fn exit(&self, _span: &span::Id) {}
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            name => self.fields += &format!("{name}={value:?} "),
        }
    }
}

#[tokio::test]
async fn logs_are_bounded_and_what_is_dropped_is_counted() {
    let lines = Lines::default();
    let _listening = lines.listen();
    let limits = Limits {
        log: 1_000,
        ..Limits::default()
    };
    let runtime = runtime_with("rogue", ProviderConfig::new().limits(limits)).await;
    ask(&runtime, "rogue/log", "10000").await.unwrap();
    let lines = lines.of_guests();
    // 32 bytes each, and 64 more for being a line: ten fit.
    assert_eq!(lines.len(), 11, "{lines:?}");
    let (last, others) = lines.split_last().unwrap();
    assert!(
        others
            .iter()
            .all(|line| line.message == "a line of thirty-two bytes, yes!")
    );
    assert!(
        others[0].fields.contains("provider=\"rogue\""),
        "{:?}",
        others[0]
    );
    assert_eq!(last.message, "log lines were dropped (`limits.log`)");
    assert!(last.fields.contains("dropped=9990"), "{last:?}");
}

#[tokio::test]
async fn a_line_without_text_is_a_line() {
    let lines = Lines::default();
    let _listening = lines.listen();
    let limits = Limits {
        log: 1_000,
        ..Limits::default()
    };
    let runtime = runtime_with("rogue", ProviderConfig::new().limits(limits)).await;
    ask(&runtime, "rogue/log-nothing", "10000").await.unwrap();
    // 64 bytes each: 15 fit, and then the count of the others.
    assert_eq!(lines.of_guests().len(), 16);
}

#[tokio::test]
async fn control_characters_are_made_harmless() {
    let lines = Lines::default();
    let _listening = lines.listen();
    let runtime = runtime_with("rogue", ProviderConfig::new()).await;
    let text = "all is well\r\n\u{1b}[2J\u{1b}[1;1HERROR forged\u{0}\u{7}\u{9b}31m ☀ \u{202e}txet";
    ask(&runtime, "rogue/log-text", text).await.unwrap();
    let lines = lines.of_guests();
    let [line] = lines.as_slice() else {
        panic!("{lines:?}");
    };
    assert!(line.message.starts_with("all is well"), "{line:?}");
    assert!(line.message.contains('☀'), "{line:?}");
    let harmful = |character: char| character.is_control() || character == '\u{202e}';
    assert!(!line.message.contains(harmful), "{:?}", line.message);
}

#[tokio::test]
async fn what_is_printed_is_a_log_too() {
    for guest in with_operating_system() {
        let lines = Lines::default();
        let listening = lines.listen();
        let limits = Limits {
            log: 200,
            ..Limits::default()
        };
        let runtime = runtime_with(guest, ProviderConfig::new().limits(limits)).await;
        let text = format!("one\n\u{1b}two\n{}", "x".repeat(1_000));
        ask(&runtime, &format!("{guest}/print"), &text)
            .await
            .unwrap();
        let messages: Vec<String> = lines
            .of_guests()
            .into_iter()
            .map(|line| line.message)
            .collect();
        assert_eq!(
            messages,
            [
                "one",
                "\u{fffd}two",
                "log lines were dropped (`limits.log`)"
            ],
            "{guest}"
        );
        drop(listening);
    }
}

#[tokio::test]
async fn an_isolation_that_has_no_effect_is_said_once() {
    let lines = Lines::default();
    let shared = || ProviderConfig::new().isolation(Isolation::Caller);
    for (guest, expected) in [("ported", 1), ("rogue", 0)] {
        // Loading one is not configuring one.
        drop(runtime_with(guest, ProviderConfig::new()).await);
        let listening = lines.listen();
        drop(runtime_with(guest, shared()).await);
        drop(listening);
        let mut lines = std::mem::take(&mut *lines.0.lock().unwrap());
        lines.retain(|line| {
            line.message
                .contains("`isolation = \"caller\"` has no effect")
        });
        assert_eq!(lines.len(), expected, "{guest}: {lines:?}");
        assert!(lines.iter().all(|line| line.fields.contains(guest)));
    }
}
