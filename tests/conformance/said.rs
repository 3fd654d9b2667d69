//! What a run has to say even when it passes.

use std::io::Write as _;

/// Writes a line that the test harness does not swallow, as it does with `eprintln!` where a test
/// passes: a skipped test must not look like one that ran.
pub fn aloud(line: &str) {
    // Nobody is there to be told if it fails.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Whether the cases were narrowed down to some, and this is none of them.
pub fn is_left_out(case: &str) -> bool {
    std::env::var("TIDEGATE_CASE").is_ok_and(|wanted| !case.contains(&wanted))
}
