//! What the kernel knows of a process: its CPU time and its memory; and which core it runs on.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result};
use rustix::thread::{CpuSet, sched_setaffinity};

/// The core of what is measured.
pub const MEASURED: usize = 0;
/// The core of everything else: load and upstream.
pub const OTHERS: usize = 1;

/// Keeps this thread, and whatever it starts from here on, on one core. On a machine with one core
/// there is nothing to choose.
pub fn pin(core: usize) {
    let mut cores = CpuSet::new();
    cores.set(core);
    if let Err(error) = sched_setaffinity(None, &cores) {
        eprintln!("not pinned to core {core}: {error}");
    }
}

/// CPU time of all threads of a process, in nanoseconds of the scheduler (`/proc/PID/stat` counts in
/// ticks of 10 ms).
pub fn cpu(pid: u32) -> Result<Duration> {
    let mut nanoseconds = 0;
    let tasks = format!("/proc/{pid}/task");
    for task in fs::read_dir(&tasks).with_context(|| format!("no process {pid}"))? {
        // A thread may end between being listed and being read.
        let Ok(text) = fs::read_to_string(task?.path().join("schedstat")) else {
            continue;
        };
        let first = text.split_whitespace().next().unwrap_or_default();
        nanoseconds += first.parse::<u64>().context("schedstat of another shape")?;
    }
    Ok(Duration::from_nanos(nanoseconds))
}

/// Memory of a process in MiB.
#[derive(Clone, Copy)]
pub struct Memory {
    /// Pages that it has mapped, each as often as it is mapped.
    pub resident: f64,
    /// The same with pages that are mapped several times, by it or by others, counted once.
    pub proportional: f64,
}

/// How much memory a process has.
pub fn memory(pid: u32) -> Result<Memory> {
    let path = format!("/proc/{pid}/smaps_rollup");
    let rollup = fs::read_to_string(&path).with_context(|| format!("no process {pid}"))?;
    let mebibytes = |name: &str| -> Result<f64> {
        let line = rollup.lines().find_map(|line| line.strip_prefix(name));
        let kib = line.and_then(|line| line.split_whitespace().next());
        let kib: f64 = kib.with_context(|| format!("no {name}"))?.parse()?;
        Ok(kib / 1024.0)
    };
    Ok(Memory {
        resident: mebibytes("Rss:")?,
        proportional: mebibytes("Pss:")?,
    })
}
