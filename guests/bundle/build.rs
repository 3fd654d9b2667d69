//! Builds the first-party providers and writes the tables that the library includes: of components, and
//! of profiles.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

use anyhow::{Context as _, Result};
use tidegate_guest_builder::{Guest, build, guest, out_folder, write_table};

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
    guest(
        "huggingface",
        "guests/huggingface",
        "tidegate-provider-huggingface",
    ),
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
        "openrouter",
        "guests/openrouter",
        "tidegate-provider-openrouter",
    ),
    guest(
        "replicate",
        "guests/replicate",
        "tidegate-provider-replicate",
    ),
];

/// The profiles of a provider for many services, a small file each.
const PROFILES: &str = "../openai-compatible/profiles";

fn main() -> Result<()> {
    write_profiles("profiles.rs")?;
    let names = GUESTS.iter().map(|guest| guest.name);
    write_table("bundle.rs", names.zip(build(GUESTS)?))
}

/// Writes the table of profiles, an expression of the type `&[(&str, &str)]`, sorted by name.
fn write_profiles(file: &str) -> Result<()> {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").context("cargo names no folder")?);
    let folder = here.join(PROFILES);
    println!("cargo::rerun-if-changed={}", folder.display());
    let entries = fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
    let mut paths = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|it| it == "toml"));
    paths.sort();
    let mut table = String::from("&[\n");
    for path in &paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        writeln!(table, "    ({name:?}, include_str!({path:?})),")?;
    }
    table.push(']');
    fs::write(out_folder()?.join(file), table)?;
    Ok(())
}
