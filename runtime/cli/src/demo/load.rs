//! Calls that run while something else happens: they must not notice.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use tidegate_host::types::{ChatRequest, Message};
use tidegate_host::{CallOptions, Component, Runtime};
use tokio::task::JoinSet;

use super::screen::{Screen, Tone, duration};
use super::{Result, Stage};

/// How often the version is swapped, and how long a version stays.
const SWAPS: usize = 40;
const STAY: Duration = Duration::from_millis(25);

/// Enough for a median that does not move from run to run.
const WARM: usize = 200;

/// Callers that call without a pause.
pub(super) struct Load {
    callers: JoinSet<Report>,
    stop: Arc<AtomicBool>,
}

/// What the callers saw.
#[derive(Default)]
pub(super) struct Report {
    pub calls: u64,
    pub failures: Vec<String>,
    pub slowest: Duration,
}

impl Load {
    pub fn start(runtime: &Runtime, model: &'static str, callers: usize) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let mut set = JoinSet::new();
        for _ in 0..callers {
            set.spawn(call_on(runtime.clone(), model, stop.clone()));
        }
        Load { callers: set, stop }
    }

    /// Lets the callers go on for a while, stops them, and adds up.
    pub async fn finish(mut self, after: Duration) -> Report {
        tokio::time::sleep(after).await;
        self.stop.store(true, Relaxed);
        let mut total = Report::default();
        while let Some(report) = self.callers.join_next().await {
            match report {
                Ok(report) => {
                    total.calls += report.calls;
                    total.failures.extend(report.failures);
                    total.slowest = total.slowest.max(report.slowest);
                }
                Err(panic) => total.failures.push(panic.to_string()),
            }
        }
        total
    }
}

impl Report {
    pub fn tone(&self) -> Tone {
        match self.calls > 0 && self.failures.is_empty() {
            true => Tone::Good,
            false => Tone::Bad,
        }
    }

    /// Every call answered, and there was at least one.
    pub fn check(&self, screen: &mut Screen, meanwhile: &str) {
        if self.calls == 0 {
            screen.problem(format!("no call was made {meanwhile}"));
        }
        if let Some(first) = self.failures.first() {
            let failed = self.failures.len();
            screen.problem(format!(
                "{failed} of {} calls failed {meanwhile}, the first one: {first}",
                self.calls
            ));
        }
    }
}

async fn call_on(runtime: Runtime, model: &'static str, stop: Arc<AtomicBool>) -> Report {
    let mut report = Report::default();
    while !stop.load(Relaxed) {
        let began = Instant::now();
        let request = ChatRequest::new(model, vec![Message::user("Go on.")]);
        report.calls += 1;
        if let Err(error) = runtime.complete(request).await {
            report.failures.push(error.to_string());
        }
        report.slowest = report.slowest.max(began.elapsed());
    }
    report
}

/// What a call costs that is not the first: the first one touches memory that the next ones find.
pub(super) async fn warm(screen: &mut Screen, stage: &Stage) -> Result<()> {
    for model in ["openai/fast", "anthropic/fast"] {
        let mut cpu = Vec::with_capacity(WARM);
        for _ in 0..WARM {
            let request = ChatRequest::new(model, vec![Message::user("Go on.")]);
            let mut answer = stage.runtime.chat(request, CallOptions::default()).await?;
            while let Some(event) = answer.next().await {
                event?;
            }
            cpu.push(answer.cost().cpu);
        }
        screen.cost(
            &format!("{model}, {WARM} more, not streamed"),
            format!("{} of CPU in the sandbox (median)", duration(median(cpu))),
        );
    }
    Ok(())
}

fn median(mut durations: Vec<Duration>) -> Duration {
    durations.sort_unstable();
    durations
        .get(durations.len() / 2)
        .copied()
        .unwrap_or_default()
}

/// Swaps a provider's version again and again while it is being called.
pub(super) async fn swap(screen: &mut Screen, stage: &Stage) -> Result<()> {
    screen.scene("A provider is replaced while it is being called.");
    let first = stage
        .runtime
        .provider("openai")?
        .version()
        .component()
        .clone();
    let second = rebuilt(stage).await?;
    let load = Load::start(&stage.runtime, "openai/fast", 16);
    let mut took = Vec::with_capacity(SWAPS);
    for round in 0..SWAPS {
        tokio::time::sleep(STAY).await;
        let next = if round % 2 == 0 { &second } else { &first };
        let began = Instant::now();
        stage.runtime.swap("openai", next.clone())?;
        took.push(began.elapsed());
    }
    let report = load.finish(STAY).await;
    screen.line(
        report.tone(),
        &format!(
            "{SWAPS} swaps between {} and {}, {} calls from 16 callers, {} failed; the slowest took {}.",
            first.digest().short(),
            second.digest().short(),
            report.calls,
            report.failures.len(),
            duration(report.slowest)
        ),
    );
    report.check(screen, "while versions were swapped");
    screen.space();
    screen.cost(
        "swap a version",
        format!("{} (median of {SWAPS})", duration(median(took))),
    );
    Ok(())
}

/// The same provider under another digest, as a new build of it would be: a custom section is put
/// behind it, which changes the bytes and nothing else.
async fn rebuilt(stage: &Stage) -> Result<Component> {
    let mut bytes = tidegate_bundle::component("openai")
        .unwrap_or_default()
        .to_vec();
    // Section 0, its length, the length of its name, the name, one byte of content.
    bytes.extend_from_slice(b"\x00\x07\x05build\x02");
    Ok(Component::from_bytes(&stage.engine, "openai", bytes).await?)
}
