//! Finds a compiler that has a standard library for WebAssembly, or gets one.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// What guests are compiled for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// No operating system: the component imports what its world names, and nothing else.
    #[default]
    Unknown,
    /// WASI 0.2: the component imports what the standard library wants, too.
    Wasip2,
}

impl Target {
    /// As rustc calls it.
    pub(crate) fn triple(self) -> &'static str {
        match self {
            Target::Unknown => "wasm32-unknown-unknown",
            Target::Wasip2 => "wasm32-wasip2",
        }
    }
}

/// Names a compiler whose sources are installed beside it, for systems without rustup. On Debian:
/// `/usr/bin/rustc`, of the package `rustc-web`, with the sources of `rust-web-src`.
const FROM_SOURCE: &str = "TIDEGATE_WASM_RUSTC";

pub(crate) enum Toolchain {
    /// The compiler that builds the host has the target.
    Installed,
    /// This compiler builds the standard library from its sources, with this linker.
    FromSource { rustc: PathBuf, linker: PathBuf },
}

impl Toolchain {
    pub(crate) fn find(target: Target) -> Result<Self> {
        println!("cargo::rerun-if-env-changed={FROM_SOURCE}");
        let rustc = PathBuf::from(env::var_os("RUSTC").unwrap_or("rustc".into()));
        let sysroot = sysroot(&rustc)?;
        let triple = target.triple();
        if target == Target::Wasip2 {
            // Its standard library needs a libc, which sources alone do not bring.
            if has_target(&sysroot, triple) || add_target(&sysroot, triple) {
                return Ok(Toolchain::Installed);
            }
            bail!(
                "the compiler has no standard library for {triple}, and rustup could not add it\n\
                 hint: run `rustup target add {triple}`"
            );
        }
        if let Some(chosen) = env::var_os(FROM_SOURCE) {
            return Ok(Toolchain::FromSource {
                rustc: chosen.into(),
                linker: linker(&sysroot)?,
            });
        }
        if has_target(&sysroot, triple) || add_target(&sysroot, triple) {
            return Ok(Toolchain::Installed);
        }
        bail!(
            "the compiler has no standard library for {triple}, and rustup could not add it\n\
             hint: run `rustup target add {triple}`; on Debian without rustup, install the packages \
             `rustc-web` and `rust-web-src` and set {FROM_SOURCE}=/usr/bin/rustc"
        )
    }

    pub(crate) fn apply(&self, cargo: &mut Command) {
        let Toolchain::FromSource { rustc, linker } = self else {
            return;
        };
        cargo
            .env("RUSTC", rustc)
            // `-Zbuild-std` is unstable, and this compiler is a stable one.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker)
            .arg("-Zbuild-std=core,alloc,std,panic_abort");
    }
}

fn sysroot(rustc: &Path) -> Result<PathBuf> {
    let output = Command::new(rustc)
        .args(["--print", "sysroot"])
        .output()
        .with_context(|| format!("`{}` cannot be started", rustc.display()))?;
    let sysroot = String::from_utf8(output.stdout).context("the sysroot's path is not UTF-8")?;
    Ok(sysroot.trim().into())
}

fn has_target(sysroot: &Path, triple: &str) -> bool {
    let libraries = sysroot.join("lib/rustlib").join(triple).join("lib");
    let Ok(mut entries) = libraries.read_dir() else {
        return false;
    };
    entries.any(|entry| {
        entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
    })
}

/// As wasm-pack does: `rust-toolchain.toml` lists the target, but an older rustup, or one told not
/// to install on its own, has not brought it.
fn add_target(sysroot: &Path, triple: &str) -> bool {
    println!("cargo::warning=adding the target {triple} with rustup");
    let added = Command::new("rustup")
        .args(["target", "add", triple])
        .status();
    added.is_ok_and(|status| status.success()) && has_target(sysroot, triple)
}

/// The linker that comes with the compiler that builds the host.
fn linker(sysroot: &Path) -> Result<PathBuf> {
    let host = env::var("HOST").context("`HOST` is not set")?;
    let linker = sysroot.join("lib/rustlib").join(host).join("bin/rust-lld");
    match linker.exists() {
        true => Ok(linker),
        // Debian's own compiler brings none; its package `lld` has one.
        false => Ok("rust-lld".into()),
    }
}
