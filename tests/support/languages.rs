//! The guests in other languages that import WASI: each is built by its own script where its
//! toolchain is there, kept until its sources change, and loaded once.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, OnceLock};
use std::time::Duration;
use std::{env, fs};

use tidegate_host::{Component, Digest, Engine, EngineConfig};

use crate::said::aloud;

/// A guest that is not written in Rust.
pub struct Guest {
    /// Its name, and that of its folder in `tests/guests`.
    pub name: &'static str,
    /// Builds it: the component, and a folder for whatever the toolchain needs.
    script: fn(&Path, &Path) -> Result<(), String>,
    /// What its component is made from, beside its own folder and the contract.
    also: &'static [&'static str],
    built: OnceLock<Result<PathBuf, String>>,
}

static GUESTS: [Guest; 3] = [
    Guest {
        name: "ported-python",
        script: |output, folder| {
            let script = folder_of("ported-python").join("build.py");
            run(Command::new("python3").arg(script).args([output, folder]))
        },
        also: &["guests/echo-py/build.py", "guests/echo-py/requirements.txt"],
        built: OnceLock::new(),
    },
    Guest {
        name: "ported-javascript",
        script: |output, folder| {
            let script = folder_of("ported-javascript").join("build.mjs");
            run(Command::new("node").arg(script).args([output, folder]))
        },
        also: &[],
        built: OnceLock::new(),
    },
    Guest {
        name: "ported-go",
        script: |output, folder| {
            let built = tidegate_test_ported_go::build(output, folder);
            built.map_err(|error| format!("{error:#}"))
        },
        // The generator's version decides what is built.
        also: &["Cargo.lock"],
        built: OnceLock::new(),
    },
];

/// Large components compile for ten seconds and more, so their code is kept from run to run.
static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    Engine::new(EngineConfig {
        instances: 64,
        cache: Some(kept().join("compiled")),
        // They compile beside each other and beside the other tests.
        compile_time: Duration::from_secs(600),
        ..EngineConfig::default()
    })
    .expect("an engine")
});

/// The names of those whose component is there or can be built. For the others it is said why they
/// are skipped; where the environment has `CI=true` that is a failure.
pub fn available() -> Vec<&'static str> {
    let available = GUESTS.iter().filter(|guest| match guest.path() {
        Ok(_) => true,
        Err(reason) if env::var("CI").is_ok_and(|ci| ci == "true") => {
            panic!("`{}` is not built: {reason}", guest.name)
        }
        Err(reason) => {
            aloud(&format!("skipped: `{}`, {reason}", guest.name));
            false
        }
    });
    available.map(|guest| guest.name).collect()
}

/// A guest by its name.
pub fn find(name: &str) -> Option<&'static Guest> {
    GUESTS.iter().find(|guest| guest.name == name)
}

impl Guest {
    /// Loads the component on an engine that keeps compiled code.
    pub(crate) async fn load(&self) -> Component {
        let path = self.path().unwrap_or_else(|reason| panic!("{reason}"));
        let loaded = Component::from_file(&ENGINE, path).await;
        loaded.unwrap_or_else(|error| panic!("{error}"))
    }

    /// The component, built by whoever asks first.
    fn path(&self) -> Result<&Path, String> {
        let built = self.built.get_or_init(|| self.build());
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
        (self.script)(&aside, &folder.join("build"))?;
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
        gather(&folder_of(self.name), &mut files);
        gather(&root.join("wit"), &mut files);
        files.extend(self.also.iter().map(|path| root.join(path)));
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

fn run(command: &mut Command) -> Result<(), String> {
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

fn folder_of(guest: &str) -> PathBuf {
    root().join("tests/guests").join(guest)
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// `target/guests`, where the guests in Rust are built too, from `target/<profile>/build/<package>/out`.
fn kept() -> PathBuf {
    let target = Path::new(env!("OUT_DIR")).ancestors().nth(4);
    target.expect("cargo's target folder").join("guests")
}
