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
}

impl State {
    pub(crate) fn new(limits: &Limits, wasi: Wasi) -> Self {
        let meter = Meter::new(limits.cpu);
        State {
            bounds: Bounds::new(limits, meter.clone()),
            meter,
            wasi,
        }
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
pub(crate) struct Bounds {
    memory: usize,
    memory_limit: usize,
    elements: usize,
    elements_limit: usize,
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
            elements: 0,
            elements_limit: limits.table_elements,
            handover: limits.handover,
            handles: limits.handles,
            met: None,
            meter,
        }
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
        if total > self.memory_limit {
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
