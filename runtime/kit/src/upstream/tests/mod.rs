//! The upstream held against a bare client, byte by byte: were it wrong, every test that leans on
//! it would be.

mod answers;
mod client;
mod failures;
mod observations;
mod requests;
