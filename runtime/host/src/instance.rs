//! One instance of a component in a store of its own, bounded in memory, tables, stack and CPU.

use wasmtime::{PoolConcurrencyLimitError, Store, Trap, UpdateDeadline};

use crate::bindings::exports::{Exports, Guest};
use crate::error::Fault;
use crate::inline::{is_small_operation, small_input};
use crate::limits::Limits;
use crate::meter::Meter;
use crate::spares::Spares;
use crate::state::State;
use crate::types::{self, Action, Context, Input, Operation, ProviderInfo};
use crate::wasi::Wasi;

/// An instance. After a fault it is poisoned: drop it.
pub(crate) struct Instance {
    store: Store<State>,
    guest: Guest,
    meter: Meter,
    stacks: Stacks,
    /// How much this call was given at its steps, as far as that matters to [`small_input`].
    given: usize,
    /// Calls that it serves or has served.
    calls: u32,
}

/// What a guest runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stacks {
    /// A stack of its own: it can be left in the middle, and costs that stack.
    Own,
    /// That of the thread, where it is given little: see [`inline`](crate::inline).
    Shared,
}

/// Raised by the epoch callback; becomes [`Fault::Cpu`].
#[derive(Debug, thiserror::Error)]
#[error("out of CPU time")]
struct OutOfCpu;

impl Instance {
    /// A fresh instance. Where the pool is full, spare ones are given up for it.
    pub(crate) async fn new(
        provider: &Exports<State>,
        spares: &Spares,
        limits: &Limits,
        stacks: Stacks,
        mut wasi: Wasi,
    ) -> Result<Self, Fault> {
        // Every round gives one up, so there is an end to it.
        loop {
            let mut store = store(provider.engine(), limits, wasi);
            let meter = store.data().meter.clone();
            let instantiated = match stacks {
                Stacks::Own => meter.charge(provider.instantiate(&mut store)).await,
                Stacks::Shared => {
                    store.data_mut().may_yield = false;
                    meter.charge_for(|| provider.instantiate_inline(&mut store))
                }
            };
            match settle(&store, instantiated) {
                Ok(guest) => {
                    store.data_mut().bounds.begin();
                    return Ok(Instance {
                        store,
                        guest,
                        meter,
                        stacks,
                        given: 0,
                        calls: 1,
                    });
                }
                // With the store goes what there was room for.
                Err(Fault::PoolFull) if spares.give_up() => wasi = store.into_data().wasi,
                Err(fault) => return Err(fault),
            }
        }
    }

    /// Makes it ready for another call, to which nothing of the one before is charged.
    pub(crate) fn renew(&mut self, limits: &Limits, wasi: Wasi) {
        let state = self.store.data_mut();
        state.renew(limits, wasi);
        self.meter = state.meter.clone();
        self.calls = self.calls.saturating_add(1);
    }

    /// Calls that it serves or has served.
    pub(crate) fn calls(&self) -> u32 {
        self.calls
    }

    /// Whether the next call would have as much of everything as it has in a fresh one, given that its
    /// memories may have grown by so many bytes.
    pub(crate) fn is_as_good_as_new(&self, growth: usize) -> bool {
        let bounds = &self.store.data().bounds;
        bounds.met.is_none() && bounds.growth().is_some_and(|grown| grown <= growth)
    }

    /// Calls `describe`.
    pub(crate) async fn describe(&mut self) -> Result<ProviderInfo, Fault> {
        self.begin(false);
        let call = self.guest.describe(&mut self.store);
        let answer = self.meter.charge(call).await;
        settle(&self.store, answer)
    }

    /// Calls `start`.
    pub(crate) async fn start(
        &mut self,
        operation: &Operation,
        context: &Context,
    ) -> Result<Result<Vec<Action>, types::Error>, Fault> {
        self.given = 0;
        let answer = match self.begin(is_small_operation(operation)) {
            Stacks::Own => {
                let call = self.guest.start(&mut self.store, operation, context);
                self.meter.charge(call).await
            }
            Stacks::Shared => self
                .meter
                .charge_for(|| self.guest.start_inline(&mut self.store, operation, context)),
        };
        settle(&self.store, answer)
    }

    /// Calls `step`.
    pub(crate) async fn step(
        &mut self,
        input: &Input,
    ) -> Result<Result<Vec<Action>, types::Error>, Fault> {
        let size = small_input(input, self.given);
        self.given = self.given.saturating_add(size.unwrap_or(usize::MAX));
        let answer = match self.begin(size.is_some()) {
            Stacks::Own => {
                let call = self.guest.step(&mut self.store, input);
                self.meter.charge(call).await
            }
            Stacks::Shared => self
                .meter
                .charge_for(|| self.guest.step_inline(&mut self.store, input)),
        };
        settle(&self.store, answer)
    }

    /// Makes the store ready for a call of the guest, and says what it is to run on.
    fn begin(&mut self, is_small: bool) -> Stacks {
        let stacks = match is_small {
            true => self.stacks,
            false => Stacks::Own,
        };
        self.store.data_mut().may_yield = stacks == Stacks::Own;
        self.store.set_epoch_deadline(1);
        stacks
    }

    /// The account of this call.
    pub(crate) fn meter(&self) -> Meter {
        self.meter.clone()
    }
}

/// A store in which there is nothing yet.
fn store(engine: &wasmtime::Engine, limits: &Limits, wasi: Wasi) -> Store<State> {
    let mut store = Store::new(engine, State::new(limits, wasi));
    store.limiter(|state| &mut state.bounds);
    // For every call of the guest anew.
    store.set_hostcall_fuel(limits.handover);
    store.set_max_component_handles(limits.handles);
    store.epoch_deadline_callback(|context| {
        let state = context.data();
        match state.meter.is_exhausted() {
            true => Err(OutOfCpu.into()),
            // One tick is what a guest may hold a thread for.
            false if state.may_yield => Ok(UpdateDeadline::Yield(1)),
            false => Ok(UpdateDeadline::Continue(1)),
        }
    });
    store.set_epoch_deadline(1);
    store
}

/// What a call comes to. The epoch callback runs while the guest does, and not while what it returns
/// is read; a guest that returns much for little work of its own is stopped here.
fn settle<T>(store: &Store<State>, outcome: wasmtime::Result<T>) -> Result<T, Fault> {
    // Whatever a guest makes of a request that the host had no room for is not the guest's doing.
    if store.data().wasi.is_out_of_room() {
        return Err(Fault::BuffersFull);
    }
    let value = outcome.map_err(|error| fault(store, error))?;
    let meter = &store.data().meter;
    match meter.is_overdrawn() {
        true => Err(Fault::Cpu(meter.limit())),
        false => Ok(value),
    }
}

/// Reads what wasmtime says, and the limits that were met before.
fn fault(store: &Store<State>, error: wasmtime::Error) -> Fault {
    let state = store.data();
    if error.is::<PoolConcurrencyLimitError>() {
        return Fault::PoolFull;
    }
    if error.is::<OutOfCpu>() {
        return Fault::Cpu(state.meter.limit());
    }
    if let Some(met) = &state.bounds.met {
        return met.clone();
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::StackOverflow) => return Fault::Stack,
        Some(Trap::Interrupt) => return Fault::Cpu(state.meter.limit()),
        _ => {}
    }
    let words = format!("{error:#}");
    // wasmtime has no types for these two; a test with a guest that meets each holds the words.
    if words.contains("too much data was transferred")
        || words.contains("fuel allocated for hostcalls")
    {
        return Fault::Handover(state.bounds.handover);
    }
    if words.contains("resource table") || words.contains("handle") && words.contains("limit") {
        return Fault::Handles(state.bounds.handles);
    }
    Fault::Trap(first_cause(&error))
}

/// The innermost cause says what happened; what is around it is a backtrace of the guest.
fn first_cause(error: &wasmtime::Error) -> String {
    let cause = error.chain().last().map(ToString::to_string);
    cause.unwrap_or_else(|| error.to_string())
}
