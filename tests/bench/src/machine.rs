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

/// Resident memory of a process in MiB.
pub fn resident(pid: u32) -> Result<f64> {
    let path = format!("/proc/{pid}/status");
    let status = fs::read_to_string(&path).with_context(|| format!("no process {pid}"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next());
    let kib: f64 = kib.context("no VmRSS")?.parse()?;
    Ok(kib / 1024.0)
}
