//! Guests in other languages than Rust: each is built by its own script where its toolchain is there,
//! and kept until its sources change.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::{env, fs};

use tidegate_host::Digest;

use crate::said::aloud;

/// A guest that is not written in Rust.
pub struct Built {
    /// Its name.
    pub name: &'static str,
    /// Its folder, from the top of the repository.
    pub folder: &'static str,
    /// Builds it: the guest's folder, the component, and a folder for whatever the toolchain needs.
    pub script: fn(&Path, &Path, &Path) -> Result<(), String>,
    /// What its component is made from, beside its own folder and the contract.
    pub also: &'static [&'static str],
    /// Where it is, once it was asked for. An empty one to begin with.
    pub path: OnceLock<Result<PathBuf, String>>,
}

impl Built {
    /// Whether its component is there or can be built. Where it is not it is said why it is skipped;
    /// where the environment has `CI=true` that is a failure.
    pub fn is_available(&self) -> bool {
        match self.path() {
            Ok(_) => true,
            Err(reason) if env::var("CI").is_ok_and(|ci| ci == "true") => {
                panic!("`{}` is not built: {reason}", self.name)
            }
            Err(reason) => {
                aloud(&format!("skipped: `{}`, {reason}", self.name));
                false
            }
        }
    }

    /// The component, built by whoever asks first.
    pub fn path(&self) -> Result<&Path, String> {
        let built = self.path.get_or_init(|| self.build());
        built.as_deref().map_err(Clone::clone)
    }

    fn build(&self) -> Result<PathBuf, String> {
        let folder = kept().join(self.name);
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        // Other test runs on the same target folder wait here, and then find it done.
        let lock = fs::File::create(folder.join("lock")).map_err(|error| error.to_string())?;
        lock.lock().map_err(|error| error.to_string())?;
        let path = folder.join(format!("{}.wasm", self.sources().short()));
        if path.exists() {
            return Ok(path);
        }
        aloud(&format!("building `{}`", self.name));
        let aside = folder.join("unfinished.wasm");
        (self.script)(&root().join(self.folder), &aside, &folder.join("build"))?;
        for old in fs::read_dir(&folder).into_iter().flatten().flatten() {
            if old.path() != aside && old.path().extension().is_some_and(|it| it == "wasm") {
                let _ = fs::remove_file(old.path());
            }
        }
        fs::rename(&aside, &path).map_err(|error| error.to_string())?;
        Ok(path)
    }

    /// The identity of what it is built from.
    fn sources(&self) -> Digest {
        let root = root();
        let mut files = Vec::new();
        gather(&root.join(self.folder), &mut files);
        gather(&root.join("wit"), &mut files);
        for also in self.also.iter().map(|path| root.join(path)) {
            match also.is_dir() {
                true => gather(&also, &mut files),
                false => files.push(also),
            }
        }
        files.sort();
        let mut text = Vec::new();
        for file in files {
            text.extend_from_slice(file.as_os_str().as_encoded_bytes());
            text.extend(fs::read(&file).unwrap_or_default());
        }
        Digest::of(&text)
    }
}

/// The files of a folder, those in the folders below it too. What scripts leave behind when they are
/// run by hand is none of them, and what is for people to read does not change a component.
fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let generated = ["build", "node_modules", "__pycache__"];
        if !path.is_dir() {
            if path.extension().is_none_or(|extension| extension != "md") {
                files.push(path);
            }
        } else if !generated.iter().any(|name| path.ends_with(name)) {
            gather(&path, files);
        }
    }
}

/// What decides how bindings and components come out.
pub const TOOLS: [&str; 2] = ["tests/tools/main.rs", "Cargo.lock"];

/// A shell script, which finds our own program in the place of `wit-bindgen` and `wasm-tools`.
pub fn shell(guest: &Path, output: &Path, folder: &Path) -> Result<(), String> {
    let tools = env::var_os("CARGO_BIN_EXE_tidegate-guest-tools");
    let tools = tools.ok_or("cargo does not run this test, and says not where its programs are")?;
    let adapter = folder.join("adapter.wasm");
    run(Command::new(&tools).arg("adapter").arg(&adapter))?;
    let mut script = Command::new("sh");
    script
        .arg(guest.join("build.sh"))
        .args([output, folder])
        .env("WIT_BINDGEN", &tools)
        .env("WASM_TOOLS", &tools)
        .env("WASI_ADAPTER", &adapter);
    run(&mut script)
}

/// Runs a build script.
pub fn run(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let done = command
        .output()
        .map_err(|error| format!("`{program}` does not run: {error}"))?;
    match done.status.success() {
        true => Ok(()),
        false => Err(format!(
            "its build script fails: {}",
            String::from_utf8_lossy(&done.stderr).trim()
        )),
    }
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// `target/guests`, where the guests in Rust are built too, from `target/<profile>/build/<package>/out`.
pub fn kept() -> PathBuf {
    let target = Path::new(env!("OUT_DIR")).ancestors().nth(4);
    target.expect("cargo's target folder").join("guests")
}
