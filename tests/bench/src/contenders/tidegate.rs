//! The gateway, as people run it: `tidegate serve` with a configuration of ten providers.

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use super::process::{Process, said_both};
use crate::load::KEY;

/// The key of operators.
pub const ADMIN_KEY: &str = "tg-bench-admin-0123456789";

/// What a gateway is asked for: a provider for each way of running one.
pub const WAYS: [(&str, &str); 3] = [
    ("openai, an instance per call", "openai/"),
    ("openai, an instance per caller", "shared/"),
    ("openai client, anthropic", "anthropic/"),
];

/// A configured gateway, ready to be started.
pub struct Gateway {
    binary: PathBuf,
    config: PathBuf,
    cache: PathBuf,
}

impl Gateway {
    /// With `component` in place of the bundled provider, if one is given.
    pub fn new(
        binary: &Path,
        upstream: SocketAddr,
        component: Option<&Path>,
        folder: &Path,
    ) -> Result<Self> {
        fs::create_dir(folder)?;
        let config = folder.join("tidegate.toml");
        let openai = match component {
            Some(path) => fs::canonicalize(path)?.display().to_string(),
            None => "bundled:openai".into(),
        };
        fs::write(&config, configuration(upstream, &openai))?;
        Ok(Gateway {
            binary: binary.to_owned(),
            config,
            cache: folder.join("cache"),
        })
    }

    /// A process that serves.
    pub fn start(&self) -> Result<Process> {
        let config = self.config.to_string_lossy();
        let cache = self.cache.to_string_lossy();
        let variables = [
            ("BENCH_KEY", KEY),
            ("BENCH_ADMIN_KEY", ADMIN_KEY),
            ("BENCH_UPSTREAM_KEY", "sk-bench-0123456789"),
            ("XDG_CACHE_HOME", &cache),
        ];
        let arguments = ["serve", "--config", &config];
        Process::start(&self.binary, &arguments, &variables, said_both)
    }
}

fn configuration(upstream: SocketAddr, openai: &str) -> String {
    let mut text = String::from(
        "[admin]\nlisten = \"127.0.0.1:0\"\nkey = { env = \"BENCH_ADMIN_KEY\" }\n\n[gateway]\nlisten = \"127.0.0.1:0\"\nkeys = [{ name = \"bench\", secret = { env = \"BENCH_KEY\" } }]\n",
    );
    let granted = format!(
        "allow = [\"http://{upstream}/*\"]\nlimits = {{ concurrency = 4000 }}\nsecrets = {{ api-key = {{ env = \"BENCH_UPSTREAM_KEY\" }} }}\n"
    );
    let mut provider = |name: &str, component: &str, path: &str, more: &str| {
        let _ = write!(
            text,
            "\n[providers.{name}]\ncomponent = \"{component}\"\n{granted}settings = {{ base-url = \"http://{upstream}{path}\" }}\n{more}"
        );
    };
    provider("openai", openai, "/v1", "");
    provider("shared", openai, "/v1", "isolation = \"caller\"\n");
    provider("anthropic", "bundled:anthropic", "", "");
    for index in 1..=5 {
        provider(
            &format!("compatible-{index}"),
            "bundled:openai-compatible",
            "/v1",
            "",
        );
    }
    text.push_str("\n[providers.echo]\ncomponent = \"bundled:echo\"\n");
    let _ = write!(
        text,
        "\n[providers.ollama]\ncomponent = \"bundled:ollama\"\nallow = [\"http://{upstream}/*\"]\nsettings = {{ base-url = \"http://{upstream}\" }}\n"
    );
    text
}

/// The beginnings of the variables that cargo sets for what it runs.
const OWN: [&str; 5] = [
    "CARGO_BIN_",
    "CARGO_CRATE_",
    "CARGO_MANIFEST_",
    "CARGO_PKG_",
    "CARGO_PRIMARY_",
];

/// What is measured where nobody says otherwise.
pub struct Built {
    /// The command, with the features that users get.
    pub tidegate: PathBuf,
    /// This program, whose native contender is to be built alike.
    pub native: PathBuf,
}

/// Builds both as they are shipped.
pub fn build() -> Result<Built> {
    println!("building tidegate …");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    // What cargo tells this program of its own package: build scripts that look at it would run again.
    for (name, _) in std::env::vars() {
        if OWN.iter().any(|own| name.starts_with(own)) {
            command.env_remove(name);
        }
    }
    let built = command
        .args(["build", "--profile", "dist", "--locked", "--bins"])
        .args(["-p", "tidegate-cli", "-p", "tidegate-bench"])
        .arg("--message-format=json-render-diagnostics")
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run cargo")?;
    if !built.status.success() {
        bail!("tidegate cannot be built");
    }
    let messages = String::from_utf8_lossy(&built.stdout);
    let executables = messages.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(PathBuf::from(message.get("executable")?.as_str()?))
    });
    let executables: Vec<PathBuf> = executables.collect();
    let find = |name: &str| {
        let mut found = executables.iter().filter(|path| path.ends_with(name));
        let found = found.next_back().cloned();
        found.with_context(|| format!("cargo did not say where it put `{name}`"))
    };
    Ok(Built {
        tidegate: find("tidegate")?,
        native: find("tidegate-bench")?,
    })
}
