//! The small provider, in every language there is.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use crate::built::{Built, TOOLS, run, shell};

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

/// The component of a language, where it can be built; where not, it is said why.
pub fn component(name: &str) -> Option<&'static Path> {
    let language = LANGUAGES.iter().find(|language| language.name == name);
    let language = language.unwrap_or_else(|| panic!("there is no `{name}`"));
    match language.is_available() {
        true => language.path().ok(),
        false => None,
    }
}
