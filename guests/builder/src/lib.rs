//! Builds guests written in Rust to components, for build scripts.
//!
//! The guests are compiled in one target folder of their own, `target/guests`, whatever profile the
//! host is built with, so that they are compiled once.

mod table;
mod toolchain;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context as _, Result, bail, ensure};
use wit_component::ComponentEncoder;

pub use table::{out_folder, write_table};
pub use toolchain::Target;
use toolchain::Toolchain;

/// The stack: deep enough for JSON nested 128 times, which is where serde_json stops, and small,
/// because memory that is there is memory that is looked through after every call.
const LINKING: &str = "-Clink-arg=-zstack-size=65536";

/// One guest.
pub struct Guest<'a> {
    /// The name of the component, `openai` for example.
    pub name: &'a str,
    /// Its folder, from the top of the repository.
    pub folder: &'a str,
    /// Its package.
    pub package: &'a str,
    /// Features to switch on.
    pub features: &'a [&'a str],
}

/// A guest without features to switch on.
pub const fn guest<'a>(name: &'a str, folder: &'a str, package: &'a str) -> Guest<'a> {
    Guest {
        name,
        folder,
        package,
        features: &[],
    }
}

/// Builds guests and returns the path of each component, in the same order. Tells cargo what to
/// watch. To be called from a build script.
pub fn build(guests: &[Guest]) -> Result<Vec<PathBuf>> {
    build_for(Target::default(), guests)
}

/// The same, for a target of one's choice.
pub fn build_for(target: Target, guests: &[Guest]) -> Result<Vec<PathBuf>> {
    let root = root()?;
    let out = out_folder()?;
    watch(&root, guests);
    let compiler = Compiler {
        toolchain: Toolchain::find(target)?,
        target,
        folder: target_folder(&out)?,
    };
    // Features are united over the packages of one cargo call, and a library that is a component
    // too must not export in the components that use it.
    let (plain, featured): (Vec<&Guest>, Vec<&Guest>) =
        guests.iter().partition(|guest| guest.features.is_empty());
    if !plain.is_empty() {
        compiler.compile(&root, &plain)?;
    }
    let mut paths = vec![PathBuf::new(); guests.len()];
    let mut finish = |guest: &Guest| -> Result<()> {
        let path = out.join(format!("{}.wasm", guest.name));
        fs::write(&path, compiler.component(guest)?)?;
        let index = guests.iter().position(|other| other.name == guest.name);
        if let Some(slot) = index.and_then(|index| paths.get_mut(index)) {
            *slot = path;
        }
        Ok(())
    };
    plain.into_iter().try_for_each(&mut finish)?;
    for guest in featured {
        compiler.compile(&root, &[guest])?;
        finish(guest)?;
    }
    Ok(paths)
}

/// The top of the repository.
fn root() -> Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here
        .ancestors()
        .nth(2)
        .context("no folder above `guests`")?;
    ensure!(
        root.join("wit").is_dir(),
        "`{}` has no `wit`",
        root.display()
    );
    Ok(root.into())
}

/// `target/guests`, from `target/<profile>/build/<package>/out`.
fn target_folder(out: &Path) -> Result<PathBuf> {
    let target = out
        .ancestors()
        .nth(4)
        .context("`OUT_DIR` is not where cargo puts it")?;
    Ok(target.join("guests"))
}

fn watch(root: &Path, guests: &[Guest]) {
    let shared = [
        "wit",
        "guests/sdk",
        "guests/openai-compatible",
        "Cargo.lock",
        "Cargo.toml",
    ];
    let folders = guests.iter().map(|guest| guest.folder);
    for path in shared.into_iter().chain(folders) {
        println!("cargo::rerun-if-changed={}", root.join(path).display());
    }
}

/// Compiles guests for one target, into one folder.
struct Compiler {
    toolchain: Toolchain,
    target: Target,
    folder: PathBuf,
}

impl Compiler {
    fn compile(&self, root: &Path, guests: &[&Guest]) -> Result<()> {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
        // What the host is built with (flags, wrappers, features, a coverage run's settings) must not
        // reach the guests.
        for (name, _) in env::vars_os() {
            if is_of_the_host(&name) {
                cargo.env_remove(name);
            }
        }
        cargo
            .current_dir(root)
            .args(["build", "--profile", "guest", "--lib", "--locked"])
            .args(["--target", self.target.triple()])
            .arg("--target-dir")
            .arg(&self.folder)
            .env("RUSTFLAGS", LINKING);
        for guest in guests {
            cargo.args(["--package", guest.package]);
        }
        for feature in guests.iter().flat_map(|guest| guest.features) {
            cargo.args(["--features", feature]);
        }
        self.toolchain.apply(&mut cargo);
        let names: Vec<&str> = guests.iter().map(|guest| guest.name).collect();
        let names = names.join(", ");
        let output = cargo
            .output()
            .with_context(|| format!("cargo cannot be started for the guests {names}"))?;
        if !output.status.success() {
            bail!(
                "the guests {names} do not compile:\n{}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Ok(())
    }

    fn component(&self, guest: &Guest) -> Result<Vec<u8>> {
        let file = format!("{}.wasm", guest.package.replace('-', "_"));
        let path = self
            .folder
            .join(self.target.triple())
            .join("guest")
            .join(file);
        let bytes = fs::read(&path)
            .with_context(|| format!("`{}` is not there after the build", path.display()))?;
        match self.target {
            Target::Unknown => componentize(&bytes)
                .with_context(|| format!("`{}` is no component", path.display())),
            // The linker of this target makes the component.
            Target::Wasip2 => Ok(bytes),
        }
    }
}

fn is_of_the_host(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    let kept = ["CARGO", "CARGO_HOME", "CARGO_NET_OFFLINE"];
    (name.starts_with("CARGO") && !kept.contains(&name.as_ref()))
        || name.starts_with("RUSTC")
        || matches!(
            name.as_ref(),
            "RUSTFLAGS"
                | "RUSTDOCFLAGS"
                | "TARGET"
                | "HOST"
                | "OUT_DIR"
                | "PROFILE"
                | "DEBUG"
                | "OPT_LEVEL"
        )
}

fn componentize(module: &[u8]) -> Result<Vec<u8>> {
    ComponentEncoder::default()
        .validate(true)
        .module(module)
        .and_then(|encoder| encoder.encode())
}
