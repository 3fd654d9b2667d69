//! Builds the first-party providers and writes the table that the library includes.

use anyhow::Result;
use tidegate_guest_builder::{Guest, build, guest, write_table};

/// Name, folder, package, features.
const GUESTS: &[Guest] = &[
    guest(
        "anthropic",
        "guests/anthropic",
        "tidegate-provider-anthropic",
    ),
    guest("bedrock", "guests/bedrock", "tidegate-provider-bedrock"),
    guest("cohere", "guests/cohere", "tidegate-provider-cohere"),
    guest(
        "azure-openai",
        "guests/azure-openai",
        "tidegate-provider-azure-openai",
    ),
    guest("echo", "guests/echo", "tidegate-provider-echo"),
    guest("gemini", "guests/gemini", "tidegate-provider-gemini"),
    guest("hostile", "guests/hostile", "tidegate-provider-hostile"),
    guest("mistral", "guests/mistral", "tidegate-provider-mistral"),
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

fn main() -> Result<()> {
    let names = GUESTS.iter().map(|guest| guest.name);
    write_table("bundle.rs", names.zip(build(GUESTS)?))
}
