//! Builds the guests that misbehave and writes the table that `support/guests.rs` includes.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context as _, Result};
use tidegate_guest_builder::{Guest, Target, build, build_for, guest, out_folder, write_table};
use wasm_encoder::{ComponentBuilder, ComponentExportKind};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

const GUESTS: [Guest; 5] = [
    guest(
        "chameleon",
        "tests/guests/chameleon",
        "tidegate-test-chameleon",
    ),
    guest("courier", "tests/guests/courier", "tidegate-test-courier"),
    guest("ported", "tests/guests/ported", "tidegate-test-ported"),
    guest("rogue", "tests/guests/rogue", "tidegate-test-rogue"),
    guest("small-rust", "guests/small/rust", "tidegate-small"),
];

const GUESTS_WITH_WASI: [Guest; 1] = [guest(
    "ported-wasip2",
    "tests/guests/ported",
    "tidegate-test-ported",
)];

/// Set where the target cannot be had at all.
const WITHOUT: &str = "TIDEGATE_WITHOUT_WASIP2";

/// What makes a component a provider.
const EXPORT: &str = "llm:provider/provider@0.1.0";

/// The function that is called once an answer has been read, which a guest may have or not.
const POST_RETURN: &str = r#"func (export "cabi_post_llm:provider/provider@0.1.0#start")"#;

fn main() -> Result<()> {
    let mut guests: Vec<(&str, PathBuf)> = Vec::new();
    guests.extend(names(&GUESTS).zip(build(&GUESTS)?));
    match build_for(Target::Wasip2, &GUESTS_WITH_WASI) {
        Ok(paths) => guests.extend(names(&GUESTS_WITH_WASI).zip(paths)),
        // The rest of the suite is worth running without it; CI says so itself, or fails.
        Err(error) if env::var_os("CI").is_none() || env::var_os(WITHOUT).is_some() => {
            println!("cargo::warning=the tests of WASI guests are skipped: {error:#}");
        }
        Err(error) => return Err(error),
    }
    println!("cargo::rerun-if-env-changed=CI");
    println!("cargo::rerun-if-env-changed={WITHOUT}");
    let source = Path::new("guests/raw.wat");
    println!("cargo::rerun-if-changed={}", source.display());
    let text = fs::read_to_string(source)?;
    let raw = raw(&text)?;
    let bare = self::raw(&text.replace(POST_RETURN, "func"))?;
    guests.push(("bare", keep("bare", &bare)?));
    let heavy = beside(&raw, "(module (memory 48) (table 4000 funcref))")?;
    guests.push(("heavy", keep("heavy", &heavy)?));
    let stillborn = beside(&raw, "(module (func $spin (loop (br 0))) (start $spin))")?;
    guests.push(("stillborn", keep("stillborn", &stillborn)?));
    guests.push(("raw", keep("raw", &raw)?));

    write_table("guests.rs", guests)
}

fn names<'a>(guests: &'a [Guest]) -> impl Iterator<Item = &'a str> {
    guests.iter().map(|guest| guest.name)
}

/// The guest that is written as WebAssembly text.
fn raw(text: &str) -> Result<Vec<u8>> {
    let mut module = wat::parse_str(text)?;
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path("../wit")?;
    let world = resolve.select_world(&[package], Some("llm-provider"))?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    ComponentEncoder::default()
        .validate(true)
        .module(&module)?
        .encode()
        .context("`guests/raw.wat` is no component")
}

/// The same, in a component that has another core module beside it.
fn beside(raw: &[u8], module: &str) -> Result<Vec<u8>> {
    let mut component = ComponentBuilder::default();
    let module = component.core_module_raw(None, &wat::parse_str(module)?);
    component.core_instantiate(None, module, []);
    let raw = component.component_raw(None, raw);
    let raw = component.instantiate::<[(&str, ComponentExportKind, u32); 0], _>(None, raw, []);
    let export = component.alias_export(raw, EXPORT, ComponentExportKind::Instance);
    component.export(EXPORT, ComponentExportKind::Instance, export, None);
    Ok(component.finish())
}

fn keep(name: &str, component: &[u8]) -> Result<PathBuf> {
    let path = out_folder()?.join(format!("{name}.wasm"));
    fs::write(&path, component)?;
    Ok(path)
}
