//! What the tests stand on: what a run says, vendors and the engine with its guests; beside the kit, which has the
//! fixtures of providers and an upstream that misbehaves as told.

pub use tidegate_kit::{fixture, upstream};

pub mod said;

// A question to a guest; what else is seen of it; the guests; the vendor they talk to.
pub mod calls;

pub mod courier;

pub mod audit;

pub mod names;

pub mod guests;

pub mod built;
pub mod languages;
pub mod small;

pub mod secure;
