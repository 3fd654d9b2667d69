//! What holds for every input, however hostile. Unit tests beside the code say what single inputs do.
#![allow(
    clippy::unwrap_used,
    reason = "a property that cannot build its own input should fail there"
)]

/// Inputs: URLs, lines and addresses, most of them nearly right.
mod inputs;

/// No parser differential: what is accepted means the same to the client that dials.
mod agreement;

/// No spelling of another host, port or path passes a rule.
mod passing;

/// Lines print back, and denials name lines that work.
mod lines;

/// Nothing panics, and no error carries terminal control sequences.
mod totality;

/// Special-purpose addresses are never public.
mod addresses;
