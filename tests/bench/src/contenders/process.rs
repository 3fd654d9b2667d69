//! A process on the measured core, which ends with the value that stands for it.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result};

use crate::machine::{self, MEASURED, OTHERS};

/// A process that serves.
pub struct Process {
    child: Child,
    pub address: SocketAddr,
}

impl Process {
    /// Starts a program, and learns from what it says where it listens.
    pub fn start(
        program: &Path,
        arguments: &[&str],
        variables: &[(&str, &str)],
        address: impl FnOnce(ChildStdout) -> Result<SocketAddr>,
    ) -> Result<Self> {
        // A process inherits the core of the thread that starts it.
        machine::pin(MEASURED);
        let started = Command::new(program)
            .args(arguments)
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        machine::pin(OTHERS);
        let mut child = started.with_context(|| format!("cannot start {}", program.display()))?;
        let output = child.stdout.take().context("its standard output")?;
        match address(output) {
            Ok(address) => Ok(Process { child, address }),
            Err(error) => {
                let _ = child.kill();
                let _ = child.wait();
                Err(error.context(format!("{} did not start", program.display())))
            }
        }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The address in the first line that has one, as in `listening on http://127.0.0.1:8080`.
pub fn said_address(output: ChildStdout) -> Result<SocketAddr> {
    for line in BufReader::new(output).lines() {
        if let Some((_, address)) = line?.split_once("http://") {
            return Ok(address.trim().parse()?);
        }
    }
    anyhow::bail!("it did not say where it listens")
}
