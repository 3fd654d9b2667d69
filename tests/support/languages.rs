//! The guests in other languages that import WASI, loaded once.

use std::process::Command;
use std::sync::{LazyLock, OnceLock};
use std::time::Duration;

use tidegate_host::{Component, Engine, EngineConfig};

use crate::built::{Built, TOOLS, kept, run, shell};

static GUESTS: [Built; 3] = [
    Built {
        name: "ported-python",
        folder: "tests/guests/ported-python",
        script: |guest, output, folder| {
            let script = guest.join("build.py");
            run(Command::new("python3").arg(script).args([output, folder]))
        },
        also: &["guests/echo-py/build.py", "guests/echo-py/requirements.txt"],
        path: OnceLock::new(),
    },
    Built {
        name: "ported-javascript",
        folder: "tests/guests/ported-javascript",
        script: |guest, output, folder| {
            let script = guest.join("build.mjs");
            run(Command::new("node").arg(script).args([output, folder]))
        },
        also: &[],
        path: OnceLock::new(),
    },
    Built {
        name: "ported-go",
        folder: "tests/guests/ported-go",
        script: shell,
        also: &TOOLS,
        path: OnceLock::new(),
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

/// The names of those whose component is there or can be built; for the others it is said why not.
pub fn available() -> Vec<&'static str> {
    let available = GUESTS.iter().filter(|guest| guest.is_available());
    available.map(|guest| guest.name).collect()
}

/// A guest by its name.
pub fn find(name: &str) -> Option<&'static Built> {
    GUESTS.iter().find(|guest| guest.name == name)
}

/// Loads the component on an engine that keeps compiled code.
pub(crate) async fn load(guest: &Built) -> Component {
    let path = guest.path().unwrap_or_else(|reason| panic!("{reason}"));
    let loaded = Component::from_file(&ENGINE, path).await;
    loaded.unwrap_or_else(|error| panic!("{error}"))
}
