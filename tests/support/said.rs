//! What a run has to say even when it passes.

use std::io::Write as _;

use crate::fixture::Report;

/// Writes a line that the test harness does not swallow, as it does with `eprintln!` where a test
/// passes: a skipped test must not look like one that ran.
pub fn aloud(line: &str) {
    // Nobody is there to be told if it fails.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Whether the cases were narrowed down to some, and this is none of them.
pub fn is_left_out(case: &str) -> bool {
    wanted().is_some_and(|wanted| !case.contains(&wanted))
}

/// A run of no case at all proves nothing, unless the cases were narrowed down to others.
#[track_caller]
pub fn assert_some_ran(what: &str, report: &Report) {
    assert!(
        report.cases > 0 || wanted().is_some(),
        "there are no {what}: nothing was tested"
    );
}

/// The text in the names of the cases that are wanted.
fn wanted() -> Option<String> {
    std::env::var("TIDEGATE_CASE").ok()
}
