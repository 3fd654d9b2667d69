//! What the tests stand on: fixtures of providers, what a run says, an upstream that misbehaves as told, and the
//! engine with its guests.

pub mod fixture;

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

pub mod upstream;

pub mod secure;
