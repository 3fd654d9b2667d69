//! The small provider, in every language there is.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use crate::built::{Built, run};

/// `guests/small/<language>`, in the order of its README.
static LANGUAGES: [Built; 4] = [
    Built {
        name: "small-python",
        folder: "guests/small/python",
        script: |guest, output, folder| {
            let script = guest.join("build.py");
            run(Command::new("python3").arg(script).args([output, folder]))
        },
        also: &[
            "guests/echo-py/build.py",
            "guests/echo-py/requirements.txt",
            "guests/echo-py/src/tidegate",
        ],
        path: OnceLock::new(),
    },
    Built {
        name: "small-js",
        folder: "guests/small/js",
        script: |guest, output, folder| {
            let script = guest.join("build.mjs");
            run(Command::new("node").arg(script).args([output, folder]))
        },
        also: &[],
        path: OnceLock::new(),
    },
    Built {
        name: "small-c",
        folder: "guests/small/c",
        script: shell,
        also: &TOOLS,
        path: OnceLock::new(),
    },
    Built {
        name: "small-go",
        folder: "guests/small/go",
        script: shell,
        also: &TOOLS,
        path: OnceLock::new(),
    },
];

/// What decides how bindings and components come out.
const TOOLS: [&str; 2] = ["tests/tools/main.rs", "Cargo.lock"];

/// The component of a language, where it can be built; where not, it is said why.
pub fn component(name: &str) -> Option<&'static Path> {
    let language = LANGUAGES.iter().find(|language| language.name == name);
    let language = language.unwrap_or_else(|| panic!("there is no `{name}`"));
    match language.is_available() {
        true => language.path().ok(),
        false => None,
    }
}

/// A shell script, which finds our own program in the place of `wit-bindgen` and `wasm-tools`.
fn shell(guest: &Path, output: &Path, folder: &Path) -> Result<(), String> {
    let tools = std::env::var_os("CARGO_BIN_EXE_tidegate-guest-tools");
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
