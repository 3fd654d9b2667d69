//! The machine that providers run on: one per process, shared by all of them.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use wasmtime::{Config, Enabled, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::budget::Budget;
use crate::error::{Error, Result};
use crate::spares::Spares;
use crate::trim::{self, CORES, IdleMemory};

/// How often the epoch advances: the resolution of CPU limits, and the longest time a guest that
/// spins holds a thread before it yields to others.
pub(crate) const TICK: Duration = Duration::from_millis(5);

/// Elements that one table can have at most: CPython's function tables hold about 8,000.
pub(crate) const TABLE_ELEMENTS: usize = 20_000;

/// Settings of the engine. The defaults suit a gateway with thousands of open streams.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// Instances alive at once, over all providers. Address space is reserved for each; memory is
    /// not.
    pub instances: u32,
    /// Linear memory that one instance can have at most, in bytes.
    pub memory: usize,
    /// Components larger than this are refused, in bytes.
    pub component_size: u64,
    /// How long a component may compile.
    pub compile_time: Duration,
    /// Bytes that the host holds for all calls together: bodies on their way out, answers on their
    /// way in, outputs that wait for their caller. A call that would exceed them ends as busy.
    pub buffers: usize,
    /// Where compiled code is kept between runs. `None`: nowhere. The folder must belong to this
    /// program alone: compiled code is executed as it is found.
    pub cache: Option<PathBuf>,
}

impl Default for EngineConfig {
    fn default() -> Self {
        EngineConfig {
            instances: 4_096,
            memory: 512 << 20,
            component_size: 64 << 20,
            compile_time: Duration::from_secs(120),
            // Thirty calls with the largest answer that the default limits allow, or the 64 KiB that
            // a small one takes for every instance there is, eight times over.
            buffers: 2 << 30,
            cache: None,
        }
    }
}

/// The engine. Cloning gives another handle to the same one.
#[derive(Clone)]
pub struct Engine {
    pub(crate) inner: wasmtime::Engine,
    pub(crate) config: Arc<EngineConfig>,
    pub(crate) budget: Arc<Budget>,
    pub(crate) loads: Arc<Loads>,
    pub(crate) spares: Arc<Spares>,
}

/// Components loaded so far.
#[derive(Default)]
pub(crate) struct Loads {
    compiled: AtomicU64,
    cached: AtomicU64,
}

/// What an engine is used for at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct EngineUsage {
    /// Instances alive.
    pub instances: u64,
    /// How many there can be.
    pub instances_limit: u64,
    /// Linear memories of theirs.
    pub memories: u64,
    /// Bytes that are kept resident for the next instances.
    pub resident_unused: u64,
    /// Bytes that the host holds for calls, in the steps in which they are taken.
    pub buffers: u64,
    /// How many there can be.
    pub buffers_limit: u64,
    /// Components compiled so far.
    pub compiled: u64,
    /// Components whose code was found in the cache.
    pub cached: u64,
}

impl Engine {
    /// The largest component that it takes, in bytes.
    pub fn component_size(&self) -> u64 {
        self.config.component_size
    }

    /// Memory that instances of before have left behind, and that is kept for those to come.
    pub fn idle_memory(&self) -> IdleMemory {
        IdleMemory::of(&self.inner)
    }

    /// Gives back what lies idle, but for some tens of instances. It happens by itself a second after
    /// a burst; this is for those who need the memory now. Takes some milliseconds, and calls go on
    /// meanwhile.
    pub fn trim(&self) {
        trim::trim(&self.inner, self.config.instances);
    }

    /// Sets up the engine and starts its clock, a thread that ends with the last handle; so does
    /// another one, which gives back memory after a burst.
    pub fn new(config: EngineConfig) -> Result<Self> {
        let inner = wasmtime::Engine::new(&settings(&config)).map_err(|error| Error::Config {
            message: format!("the engine cannot be set up: {error:#}"),
            hint: "lower `instances` or `memory` of the engine if address space is short".into(),
        })?;
        start_clock(&inner)?;
        start_trimming(&inner, config.instances)?;
        Ok(Engine {
            inner,
            budget: Arc::new(Budget::new(config.buffers)),
            loads: Arc::default(),
            spares: Arc::default(),
            config: Arc::new(config),
        })
    }

    /// What it is used for at this moment.
    pub fn usage(&self) -> EngineUsage {
        let pool = self.inner.pooling_allocator_metrics();
        let pool = pool.as_ref();
        let wide = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        EngineUsage {
            instances: pool.map_or(0, |pool| pool.component_instances()),
            instances_limit: self.config.instances.into(),
            memories: pool.map_or(0, |pool| wide(pool.memories())),
            resident_unused: pool.map_or(0, |pool| wide(pool.unused_memory_bytes_resident())),
            buffers: wide(self.budget.taken()),
            buffers_limit: wide(self.config.buffers),
            compiled: self.loads.compiled.load(Relaxed),
            cached: self.loads.cached.load(Relaxed),
        }
    }
}

impl Loads {
    /// One more.
    pub(crate) fn count(&self, from_cache: bool) {
        let counter = match from_cache {
            true => &self.cached,
            false => &self.compiled,
        };
        counter.fetch_add(1, Relaxed);
    }
}

fn settings(config: &EngineConfig) -> Config {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(config.instances)
        .total_core_instances(config.instances.saturating_mul(CORES))
        .total_memories(config.instances)
        .total_tables(config.instances.saturating_mul(2))
        .total_stacks(config.instances)
        .max_memory_size(config.memory)
        .max_memories_per_component(4)
        .max_tables_per_component(8)
        .max_core_instances_per_component(40)
        .max_component_instance_size(1 << 20)
        .max_core_instance_size(1 << 20)
        .table_elements(TABLE_ELEMENTS)
        // With `pagemap_scan` the kernel says which pages were touched, so that keeping pages
        // resident costs what was touched and not the whole of it.
        .pagemap_scan(Enabled::Auto)
        .linear_memory_keep_resident(512 << 10)
        .table_keep_resident(64 << 10)
        .max_unused_warm_slots(64);

    let mut settings = Config::new();
    settings
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
        .epoch_interruption(true)
        .max_wasm_stack(512 << 10)
        .async_stack_size(1 << 20)
        // Only the unfinished async half of the component model needs it, at a cost per store.
        .concurrency_support(false)
        .generate_address_map(false)
        .memory_init_cow(true);
    settings
}

fn start_clock(engine: &wasmtime::Engine) -> Result<()> {
    let engine = engine.weak();
    start_thread("tidegate-epoch", move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(TICK);
        }
    })
}

fn start_trimming(engine: &wasmtime::Engine, instances: u32) -> Result<()> {
    let engine = engine.weak();
    start_thread("tidegate-idle", move || trim::keep_trim(engine, instances))
}

fn start_thread(name: &str, run: impl FnOnce() + Send + 'static) -> Result<()> {
    let thread = std::thread::Builder::new().name(name.into()).spawn(run);
    thread.map(drop).map_err(|error| Error::Config {
        message: format!("the engine's thread `{name}` cannot start: {error}"),
        hint: "the process may have reached its thread limit".into(),
    })
}
