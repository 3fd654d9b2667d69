//! Gives back the memory that instances of before have left behind.
//!
//! Whatever an instance has touched stays resident in its slot of the pool, so that the next one finds
//! it there: that is what makes a fresh instance cheap. wasmtime has no way to give it back, and after
//! a burst the process would stay as large as it ever was. Here every slot that lies idle, but for some
//! tens, is taken once by an instance of an empty module, in two steps:
//!
//! 1. Its store refuses it the memory, after the slot has been made ready for it. wasmtime does not know
//!    then what the slot holds, and does not trust it any more.
//! 2. The next instance of that module gets the same slot, because the pool prefers those that were a
//!    module's before; and a slot that is not trusted is mapped anew, with nothing in it.
//!
//! All are held until the last one is done: a slot that is returned would be the next one taken. Stacks
//! and tables, a few pages for each instance, stay: there is no way to them. Should another version of
//! wasmtime do differently, less is given back, and nothing else happens.

use std::thread;
use std::time::Duration;

use wasmtime::{EngineWeak, Instance, Module, PoolingAllocatorMetrics, ResourceLimiter, Store};

/// Core instances for each instance: providers in interpreted languages are built of several modules.
pub(crate) const CORES: u32 = 4;

/// What may stay for the next calls, in bytes: some tens of slots, those that were used last.
const KEPT: usize = 1 << 20;
/// How often the pool is looked at.
const LOOK: Duration = Duration::from_millis(500);
/// What lies idle is given back when it is more than this at two looks in a row. Some hundred slots:
/// a load that comes and goes finds them warm.
const TOLERATED: usize = 8 << 20;
/// Slots between two rests. Whoever touches new memory waits while a slot is mapped anew.
const BATCH: u32 = 64;
const REST: Duration = Duration::from_millis(1);
/// So many slots in a row that nobody has been in: the others have all been taken.
const FRESH: u32 = 8;
/// How often a part of the pool is gone through that is too large for once.
const ROUNDS: u32 = 3;
/// The pool is in as many parts as there are cores, or this many. A thread takes from its own until
/// nothing is left there, and threads are given theirs in turn.
const PARTS: usize = 16;

/// `(module (memory 0))`
const EMPTY: &[u8] = b"\0asm\x01\0\0\0\x05\x03\x01\0\0";

/// Memory that no instance uses, and that is kept for those to come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IdleMemory {
    /// Slots for linear memories in which there were instances.
    pub slots: u32,
    /// Resident bytes in these that are theirs alone: without the pages of a component's image, which
    /// all its instances share.
    pub bytes: usize,
}

impl IdleMemory {
    pub(crate) fn of(engine: &wasmtime::Engine) -> Self {
        let metrics = engine.pooling_allocator_metrics();
        metrics.as_ref().map(Self::read).unwrap_or_default()
    }

    fn read(metrics: &PoolingAllocatorMetrics) -> Self {
        IdleMemory {
            slots: metrics.unused_warm_memories(),
            bytes: metrics.unused_memory_bytes_resident(),
        }
    }
}

/// Looks after the pool until the engine is gone.
pub(crate) fn keep_trim(engine: EngineWeak, instances: u32) {
    let mut before = 0;
    // What a trim has left there is not worth another one.
    let mut left = 0;
    loop {
        thread::sleep(LOOK);
        let Some(engine) = engine.upgrade() else {
            return;
        };
        let idle = IdleMemory::of(&engine).bytes;
        left = left.min(idle);
        if idle.min(before) > left + TOLERATED {
            trim(&engine, instances);
            let after = IdleMemory::of(&engine).bytes;
            if after + TOLERATED > idle {
                left = after;
            }
        }
        before = idle;
    }
}

/// Gives back what lies idle. Calls may begin and end meanwhile: half of what is free is left to them.
pub(crate) fn trim(engine: &wasmtime::Engine, instances: u32) {
    let Some(metrics) = engine.pooling_allocator_metrics() else {
        return;
    };
    let parts = thread::available_parallelism().map_or(1, Into::into);
    for _ in 0..parts.min(PARTS) {
        let go_through = || {
            for _ in 0..ROUNDS {
                // Another module each time: slots that were this one's are preferred for it, and it
                // would take those again that hold nothing since.
                let Ok(module) = Module::from_binary(engine, EMPTY) else {
                    return;
                };
                if go_through(&module, &metrics, instances) == Round::Complete {
                    return;
                }
            }
        };
        // A part that cannot be gone through now may be when it is looked at again.
        let _ = thread::scope(|scope| {
            let thread = thread::Builder::new().name("tidegate-trim".into());
            thread.spawn_scoped(scope, go_through).map(|it| it.join())
        });
    }
}

#[derive(PartialEq, Eq)]
enum Round {
    Complete,
    NoRoom,
}

/// Empties the idle slots of this thread's part of the pool, those first that have been idle longest.
fn go_through(module: &Module, metrics: &PoolingAllocatorMetrics, instances: u32) -> Round {
    let engine = module.engine();
    let mut refusing = Store::new(engine, Refuse);
    refusing.limiter(|refuse| refuse);
    let mut holding = Store::new(engine, ());
    let (mut held, mut fresh) = (0, 0);
    while fresh < FRESH {
        let used = u32::try_from(metrics.memories()).unwrap_or(u32::MAX);
        let cores = u32::try_from(metrics.core_instances()).unwrap_or(u32::MAX);
        // Guests of several core modules may be short of these long before they are of memories.
        let is_crowded = cores.saturating_add(held) >= CORES.saturating_mul(instances);
        if used.saturating_add(held) >= instances || is_crowded {
            return Round::NoRoom;
        }
        if metrics.unused_memory_bytes_resident() <= KEPT {
            return Round::Complete;
        }
        let idle = metrics.unused_warm_memories();
        let _ = Instance::new(&mut refusing, module, &[]);
        if Instance::new(&mut holding, module, &[]).is_err() {
            return Round::NoRoom;
        }
        held += 1;
        // Each part of the pool keeps its share of `max_unused_warm_slots` for the modules that these
        // were used by, and gives new ones to others, as long as it has some.
        fresh = match metrics.unused_warm_memories() < idle {
            true => 0,
            false => fresh + 1,
        };
        if held % BATCH == 0 {
            thread::sleep(REST);
        }
    }
    Round::Complete
}

/// Refuses every memory.
struct Refuse;

impl ResourceLimiter for Refuse {
    fn memory_growing(
        &mut self,
        _current: usize,
        _desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(false)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        _desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(false)
    }
}
