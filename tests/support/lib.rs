//! What the tests stand on: an upstream that misbehaves as told, and the engine with its guests.

pub mod upstream;
