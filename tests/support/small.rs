//! The small provider, in every language there is.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use crate::built::{Built, run};

/// `guests/small/<language>`, in the order of its README.
static LANGUAGES: [Built; 1] = [Built {
    name: "small-js",
    folder: "guests/small/js",
    script: |guest, output, folder| {
        let script = guest.join("build.mjs");
        run(Command::new("node").arg(script).args([output, folder]))
    },
    also: &[],
    path: OnceLock::new(),
}];

/// The component of a language, where it can be built; where not, it is said why.
pub fn component(name: &str) -> Option<&'static Path> {
    let language = LANGUAGES.iter().find(|language| language.name == name);
    let language = language.unwrap_or_else(|| panic!("there is no `{name}`"));
    match language.is_available() {
        true => language.path().ok(),
        false => None,
    }
}
