//! Shows whether a provider does what the contract asks of it, without its vendor and without a
//! network: fixtures, and a local upstream that plays the vendor.
//!
//! [`Recording`] makes a fixture of a real call, [`replay`](fn@replay) plays one to a component;
//! [`check`](fn@check) scores a component with its fixtures. [`fixture`] has the form of a fixture's
//! file and runs one through a component; [`upstream`] is the vendor's part.

pub mod check;

mod recording;
mod replay;

pub mod fixture;

pub mod upstream;

pub use check::{CheckReport, check};
pub use recording::{Recording, RecordingError};
pub use replay::{Replay, replay};
