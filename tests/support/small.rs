//! The small provider, in every language there is.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use crate::built::{Built, run};

/// `guests/small/<language>`, in the order of its README.
static LANGUAGES: [Built; 2] = [
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
    let mut script = Command::new("sh");
    script
        .arg(guest.join("build.sh"))
        .args([output, folder])
        .env("WIT_BINDGEN", &tools)
        .env("WASM_TOOLS", &tools);
    run(&mut script)
}
