//! Many cases at a time: an exchange that comes byte by byte is mostly waiting.

use futures::{Stream, StreamExt as _};
use tidegate_tests::fixture::Report;

/// More than there are cores, because of the waiting; few enough for a case to be paced well.
const AT_ONCE: usize = 6;

/// Runs all cases and adds up what they came to, in the order of the cases.
pub async fn run<F>(cases: impl Iterator<Item = (String, F)>) -> Report
where
    F: Future<Output = Report> + Send + 'static,
{
    let running = futures::stream::iter(cases).map(|(name, case)| async {
        // A task of its own: what panics fails its case only.
        match tokio::spawn(case).await {
            Ok(report) => report,
            Err(panic) => Report::unusable(name, panic.to_string()),
        }
    });
    total(running.buffered(AT_ONCE)).await
}

async fn total(reports: impl Stream<Item = Report>) -> Report {
    let add = |mut total: Report, report| async {
        total.add(report);
        total
    };
    reports.fold(Report::default(), add).await
}
