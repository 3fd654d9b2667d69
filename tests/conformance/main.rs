//! Whether providers translate as they should: every guest × every fixture, every recording, and the
//! table of errors, each answer torn apart in every way it may be on the network.
//!
//! A failure names guest, case, split, field, what was expected and what came. `TIDEGATE_CASE=text`
//! runs only the cases whose names contain the text.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a panic is the test's failure"
)]

mod errors;
mod runner;
mod checking;

mod fixtures;
mod large;
mod python;
mod small;
mod recordings;

mod operations;
mod readme;

mod crowd;
mod machine;
