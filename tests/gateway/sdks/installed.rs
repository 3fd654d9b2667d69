//! The SDKs as their registries give them, installed from lockfiles into cargo's target folder.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

use tidegate_host::Digest;
use tidegate_tests::said::aloud;

/// A language with SDKs.
pub struct Language {
    /// Its folder beside this file, with the lockfile and the scripts.
    name: &'static str,
    program: &'static str,
    /// What decides what is installed.
    locked: &'static [&'static str],
    /// Installs into a folder that has those files.
    install: fn(&Path) -> Result<(), String>,
    /// What runs the scripts there.
    interpreter: fn(&Path) -> PathBuf,
}

pub static PYTHON: Language = Language {
    name: "python",
    program: "python3",
    locked: &["requirements.txt"],
    install: |folder| {
        let venv = folder.join("venv");
        run(Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(venv))?;
        let pip = ["-m", "pip", "--disable-pip-version-check", "install", "-q"];
        run(Command::new(python(folder))
            .args(pip)
            .args(["--require-hashes", "-r"])
            .arg(folder.join("requirements.txt")))
    },
    interpreter: python,
};

pub static NODE: Language = Language {
    name: "node",
    program: "node",
    locked: &["package.json", "package-lock.json", ".npmrc"],
    install: |folder| {
        // Neither of them needs to run a script to be installed.
        let options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        run(Command::new(npm).args(options).current_dir(folder))
    },
    interpreter: |_| "node".into(),
};

/// A language whose SDKs are there.
pub struct Installed {
    language: &'static Language,
    folder: PathBuf,
}

impl Installed {
    /// What runs one of the language's scripts.
    pub fn command(&self, script: &str) -> Command {
        let mut command = Command::new((self.language.interpreter)(&self.folder));
        command.arg(self.folder.join(script));
        command
    }
}

impl Language {
    /// The SDKs, installed by whoever asks first. Where that is impossible it is said why they are
    /// skipped; where the environment has `CI=true` it is a failure.
    pub fn available(&'static self) -> Option<Installed> {
        match self.installed() {
            Ok(folder) => Some(Installed {
                language: self,
                folder,
            }),
            Err(reason) if env::var("CI").is_ok_and(|ci| ci == "true") => {
                panic!("the SDKs for `{}` are not installed: {reason}", self.name)
            }
            Err(reason) => {
                aloud(&format!("skipped: the SDKs for `{}`, {reason}", self.name));
                None
            }
        }
    }

    fn installed(&self) -> Result<PathBuf, String> {
        let version = run(Command::new(self.program).arg("--version"));
        version.map_err(|error| format!("without `{}`: {error}", self.program))?;
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sdks");
        fs::create_dir_all(&kept).map_err(|error| error.to_string())?;
        // Other test runs on the same target folder wait here, and then find it done.
        let lock = fs::File::create(kept.join(format!("{}.lock", self.name)));
        let lock = lock.map_err(|error| error.to_string())?;
        lock.lock().map_err(|error| error.to_string())?;

        let folder = kept.join(self.name);
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        // Node looks for packages beside the script that asks for them.
        for entry in fs::read_dir(self.source()).map_err(|error| error.to_string())? {
            let entry = entry.map_err(|error| error.to_string())?;
            if entry.file_type().is_ok_and(|it| it.is_file()) {
                renew(&entry.path(), &folder.join(entry.file_name()))
                    .map_err(|error| error.to_string())?;
            }
        }
        let wanted = self.digest()?;
        let marker = folder.join("installed");
        if fs::read_to_string(&marker).is_ok_and(|installed| installed == wanted) {
            return Ok(folder);
        }
        aloud(&format!("installing the SDKs for `{}`", self.name));
        (self.install)(&folder)?;
        // Written last, so that what is half done is done again.
        fs::write(&marker, wanted).map_err(|error| error.to_string())?;
        Ok(folder)
    }

    /// The identity of what is installed.
    fn digest(&self) -> Result<String, String> {
        let mut text = Vec::new();
        for name in self.locked {
            let path = self.source().join(name);
            text.extend(fs::read(path).map_err(|error| error.to_string())?);
        }
        Ok(Digest::of(&text).to_string())
    }

    fn source(&self) -> PathBuf {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/gateway/sdks");
        Path::new(folder).join(self.name)
    }
}

/// Copies a file where it has changed, never half: another test run may be reading it.
fn renew(from: &Path, to: &Path) -> io::Result<()> {
    let text = fs::read(from)?;
    if fs::read(to).is_ok_and(|there| there == text) {
        return Ok(());
    }
    let aside = to.with_extension("unfinished");
    fs::write(&aside, text)?;
    fs::rename(aside, to)
}

fn python(folder: &Path) -> PathBuf {
    match cfg!(windows) {
        true => folder.join("venv/Scripts/python.exe"),
        false => folder.join("venv/bin/python"),
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
            "`{program}` fails: {}",
            String::from_utf8_lossy(&done.stderr).trim()
        )),
    }
}
