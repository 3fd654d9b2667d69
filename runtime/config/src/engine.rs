//! `[engine]`: the machine that all providers share.

use std::time::Duration;

use tidegate_host::EngineConfig;

use crate::problem::Problems;
use crate::range::{narrow, read_count, read_size, read_time};
use crate::table::Table;

/// 4 GiB of address space are reserved for each; more would not fit into the 47 bits of a process.
const MOST_INSTANCES: u64 = 16_384;

pub(crate) fn read(mut table: Table, problems: &mut Problems) -> EngineConfig {
    let mut engine = EngineConfig::default();
    if let Some(value) = table.take("instances") {
        let read = read_count(&value, 1, MOST_INSTANCES, problems);
        engine.instances = read
            .and_then(|it| u32::try_from(it).ok())
            .unwrap_or(engine.instances);
    }
    if let Some(value) = table.take("memory") {
        let read = read_size(&value, 1 << 20, 4 << 30, problems);
        engine.memory = read.map_or(engine.memory, narrow);
    }
    if let Some(value) = table.take("component-size") {
        let read = read_size(&value, 1 << 10, 1 << 30, problems);
        engine.component_size = read.unwrap_or(engine.component_size);
    }
    if let Some(value) = table.take("compile-time") {
        let read = read_time(&value, 1_000, 3_600_000, problems);
        engine.compile_time = read.map_or(engine.compile_time, Duration::from_millis);
    }
    if let Some(value) = table.take("buffers") {
        let read = read_size(&value, 16 << 20, 1 << 40, problems);
        engine.buffers = read.map_or(engine.buffers, narrow);
    }
    table.finish(problems);
    engine
}
