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
    /// Where clients ask.
    pub address: SocketAddr,
    /// Where operators do.
    pub admin: Option<SocketAddr>,
}

/// Where a process listens, for clients and for operators.
pub type Addresses = (SocketAddr, Option<SocketAddr>);

impl Process {
    /// Starts a program, and learns from what it says where it listens.
    pub fn start(
        program: &Path,
        arguments: &[&str],
        variables: &[(&str, &str)],
        addresses: impl FnOnce(ChildStdout) -> Result<Addresses>,
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
        match addresses(output) {
            Ok((address, admin)) => Ok(Process {
                child,
                address,
                admin,
            }),
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

/// The address in the first line, as in `listening on http://127.0.0.1:8080`.
pub fn said_one(output: ChildStdout) -> Result<Addresses> {
    Ok((next(&mut BufReader::new(output))?, None))
}

/// Those in the first two lines, the second as in `admin on http://127.0.0.1:8081`.
pub fn said_both(output: ChildStdout) -> Result<Addresses> {
    let mut output = BufReader::new(output);
    Ok((next(&mut output)?, Some(next(&mut output)?)))
}

fn next(output: &mut BufReader<ChildStdout>) -> Result<SocketAddr> {
    let mut line = String::new();
    output.read_line(&mut line)?;
    let address = line
        .split_once("http://")
        .map(|(_, address)| address.trim());
    Ok(address
        .context("it did not say where it listens")?
        .parse()?)
}
