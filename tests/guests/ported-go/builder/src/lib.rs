//! Builds the guest in Go: bindings by `wit-bindgen-go`, a core module by stock Go, a component by
//! `wit-component` with the adapter from WASI 0.1, which is what Go speaks, to WASI 0.2.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context as _, Result, bail};
use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
};
use wit_bindgen_core::Files;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{Resolve, WorldId};

/// The contract's world for code that brings an HTTP client of its own.
const WORLD: &str = "llm-provider-with-http";

/// Writes the component. `folder` is used for what is generated, and may be used again.
pub fn build(output: &Path, folder: &Path) -> Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (resolve, world) = contract(&here.join("../../../../wit"))?;
    generate(&resolve, world, folder)?;
    copy(&here.join(".."), folder)?;
    let module = folder.join("core.wasm");
    compile(folder, &module)?;
    let component = component(fs::read(&module)?, &resolve, world)?;
    fs::write(output, component).with_context(|| format!("`{}` is not written", output.display()))
}

fn contract(wit: &Path) -> Result<(Resolve, WorldId)> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(wit)?;
    let world = resolve.select_world(&[package], Some(WORLD))?;
    Ok((resolve, world))
}

/// Writes the world as Go.
fn generate(resolve: &Resolve, world: WorldId, folder: &Path) -> Result<()> {
    let mut files = Files::default();
    let mut resolve = resolve.clone();
    wit_bindgen_go::Opts::default()
        .build()
        .generate(&mut resolve, world, &mut files)?;
    for (name, content) in files.iter() {
        write(&folder.join(name), content)?;
    }
    Ok(())
}

/// The sources beside the generated code; `go.mod` replaces the generated one.
fn copy(from: &Path, to: &Path) -> Result<()> {
    for name in ["go.mod", "go.sum"] {
        write(&to.join(name), &fs::read(from.join(name))?)?;
    }
    // Where `wit-bindgen-go` looks for the functions that the world exports.
    let package = to.join("export_llm_provider_provider");
    // A file that was renamed would be compiled beside itself.
    if package.exists() {
        fs::remove_dir_all(&package)?;
    }
    for entry in fs::read_dir(from.join("src"))? {
        let path: PathBuf = entry?.path();
        let name = path.file_name().context("a file without a name")?;
        write(&package.join(name), &fs::read(&path)?)?;
    }
    Ok(())
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, content).with_context(|| format!("`{}` is not written", path.display()))
}

fn compile(folder: &Path, output: &Path) -> Result<()> {
    let mut go = Command::new("go");
    go.current_dir(folder)
        .env("GOOS", "wasip1")
        .env("GOARCH", "wasm")
        // An older Go fetches the version that `go.mod` asks for.
        .env(
            "GOTOOLCHAIN",
            env::var_os("GOTOOLCHAIN").unwrap_or("auto".into()),
        )
        // Nothing but the folder decides what is built.
        .env("GOWORK", "off")
        .env("GOFLAGS", "")
        .args([
            "build",
            "-trimpath",
            "-buildvcs=false",
            "-buildmode=c-shared",
        ])
        // The generated code reaches into Go's runtime; `-s -w` leaves the names out.
        .arg("-ldflags=-checklinkname=0 -s -w")
        .arg("-o")
        .arg(output)
        .arg(".");
    let done = go.output().context("`go` does not run")?;
    if !done.status.success() {
        bail!(
            "`go build` fails: {}",
            String::from_utf8_lossy(&done.stderr).trim()
        );
    }
    Ok(())
}

fn component(mut module: Vec<u8>, resolve: &Resolve, world: WorldId) -> Result<Vec<u8>> {
    embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8)?;
    ComponentEncoder::default()
        .validate(true)
        .module(&module)?
        .adapter(
            WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME,
            WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
        )?
        .encode()
        .context("what Go compiled is no component")
}
