//! Builds the first-party providers and writes the table that the library includes.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use tidegate_guest_builder::{Guest, build};

/// Name, folder, package, features.
const GUESTS: &[Guest] = &[
    guest(
        "anthropic",
        "guests/anthropic",
        "tidegate-provider-anthropic",
    ),
    guest("echo", "guests/echo", "tidegate-provider-echo"),
    guest("hostile", "guests/hostile", "tidegate-provider-hostile"),
    guest("ollama", "guests/ollama", "tidegate-provider-ollama"),
    guest("openai", "guests/openai", "tidegate-provider-openai"),
    Guest {
        features: &["component"],
        ..guest(
            "openai-compatible",
            "guests/openai-compatible",
            "tidegate-openai-compatible",
        )
    },
    guest(
        "replicate",
        "guests/replicate",
        "tidegate-provider-replicate",
    ),
];

const fn guest<'a>(name: &'a str, folder: &'a str, package: &'a str) -> Guest<'a> {
    Guest {
        name,
        folder,
        package,
        features: &[],
    }
}

fn main() -> Result<()> {
    let paths = build(GUESTS)?;
    let mut table = String::from("&[\n");
    for (guest, path) in GUESTS.iter().zip(paths) {
        writeln!(table, "    ({:?}, include_bytes!({path:?})),", guest.name)?;
    }
    table.push(']');
    let out = std::env::var_os("OUT_DIR").context("`OUT_DIR` is not set")?;
    std::fs::write(Path::new(&out).join("bundle.rs"), table)?;
    Ok(())
}
