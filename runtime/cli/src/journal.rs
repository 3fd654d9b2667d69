//! Standard error as a log of JSON, where the operator wants one: then notes and errors are lines of it too.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

static IS_JSON: AtomicBool = AtomicBool::new(false);

/// From now on every line is JSON.
pub fn begin() {
    IS_JSON.store(true, Relaxed);
}

/// Writes a note, warning or error there; `false` where standard error is for people.
pub fn takes(label: &str, text: &str) -> bool {
    if !IS_JSON.load(Relaxed) {
        return false;
    }
    match label {
        "error" => tracing::error!(target: "tidegate::serve", "{text}"),
        "warning" => tracing::warn!(target: "tidegate::serve", "{text}"),
        _ => tracing::info!(target: "tidegate::serve", "{text}"),
    }
    true
}
