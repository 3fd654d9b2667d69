//! What a store holds: little, because most guests need little and every call makes one.

use wasmtime::ResourceLimiter;
use wasmtime_wasi::{WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtxView, WasiHttpView};

use crate::error::Fault;
use crate::limits::Limits;
use crate::meter::Meter;
use crate::wasi::Wasi;

pub(crate) struct State {
    pub(crate) meter: Meter,
    pub(crate) bounds: Bounds,
    pub(crate) wasi: Wasi,
    /// Whether the guest is on a stack of its own, on which it can be left.
    pub(crate) may_yield: bool,
}

impl State {
    pub(crate) fn new(limits: &Limits, wasi: Wasi) -> Self {
        let meter = Meter::new(limits.cpu);
        State {
            bounds: Bounds::new(limits, meter.clone()),
            meter,
            wasi,
            may_yield: true,
        }
    }

    /// What it is when another call begins in the same instance.
    pub(crate) fn renew(&mut self, limits: &Limits, wasi: Wasi) {
        self.meter = Meter::new(limits.cpu);
        self.wasi = wasi;
        self.bounds.renew(self.meter.clone());
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        self.wasi.ctx()
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        self.wasi.http()
    }
}

/// What a guest has and may have. The figures of wasmtime's `StoreLimits` are per memory and per
/// table; these are for all of them together.
///
/// Memory never shrinks, and the limit is for one call: what earlier calls have left the instance with does
/// not count, or a call would fail in it that has room enough in a fresh one. How much that may be is
/// bounded in `reuse`.
pub(crate) struct Bounds {
    memory: usize,
    memory_limit: usize,
    /// Memory when the instance was made.
    memory_at_first: usize,
    /// Memory that earlier calls have left.
    memory_left_over: usize,
    elements: usize,
    elements_limit: usize,
    /// Elements when the instance was made.
    elements_at_first: usize,
    pub(crate) handover: usize,
    pub(crate) handles: usize,
    /// Which limit was met. Most guests trap a little later, when their allocator gives up.
    pub(crate) met: Option<Fault>,
    meter: Meter,
}

impl Bounds {
    fn new(limits: &Limits, meter: Meter) -> Self {
        Bounds {
            memory: 0,
            memory_limit: limits.memory,
            memory_at_first: 0,
            memory_left_over: 0,
            elements: 0,
            elements_limit: limits.table_elements,
            elements_at_first: 0,
            handover: limits.handover,
            handles: limits.handles,
            met: None,
            meter,
        }
    }

    /// Takes note of what a fresh instance has.
    pub(crate) fn begin(&mut self) {
        self.memory_at_first = self.memory;
        self.elements_at_first = self.elements;
    }

    /// Begins another call.
    fn renew(&mut self, meter: Meter) {
        self.memory_left_over = self.memory.saturating_sub(self.memory_at_first);
        self.met = None;
        meter.note_memory(self.memory);
        self.meter = meter;
    }

    /// By how many bytes the memories have grown since the beginning; `None` where tables have: guests
    /// do not do that from call to call.
    pub(crate) fn growth(&self) -> Option<usize> {
        let same_tables = self.elements == self.elements_at_first;
        same_tables.then(|| self.memory.saturating_sub(self.memory_at_first))
    }
}

impl ResourceLimiter for Bounds {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let total = self.memory.saturating_add(desired.saturating_sub(current));
        if total.saturating_sub(self.memory_left_over) > self.memory_limit {
            self.met = Some(Fault::Memory(self.memory_limit));
            return Ok(false);
        }
        self.memory = total;
        self.meter.note_memory(total);
        Ok(true)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let total = self
            .elements
            .saturating_add(desired.saturating_sub(current));
        if total > self.elements_limit {
            self.met = Some(Fault::Tables(self.elements_limit));
            return Ok(false);
        }
        self.elements = total;
        Ok(true)
    }
}
