//! The exports of a component, looked up and type-checked once, when it is loaded.
//!
//! The generated `LlmProvider` checks the types of all exports anew for every instance, which for
//! types as large as these takes longer than the instantiation.
#![expect(
    unsafe_code,
    reason = "`new_unchecked` skips a type check that `Exports::new` has made for this component"
)]

use wasmtime::Store;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{
    ComponentExportIndex, ComponentNamedList, Func, Instance, InstancePre, Lift, Lower, TypedFunc,
};

use crate::bindings::v0_1::exports::llm::provider::provider::{
    Action, Context, Error, Input, Operation, ProviderInfo,
};

/// The export that makes a component a provider.
pub(crate) const INTERFACE: &str = "llm:provider/provider@0.1.0";

type Actions = (Result<Vec<Action>, Error>,);

/// A component whose exports are known to be those of the contract.
pub(crate) struct Exports<T: 'static> {
    pre: InstancePre<T>,
    describe: ComponentExportIndex,
    start: ComponentExportIndex,
    step: ComponentExportIndex,
}

/// An instance of it.
pub(crate) struct Guest {
    instance: Instance,
    describe: ComponentExportIndex,
    start: Func,
    step: Func,
}

impl<T: Send + 'static> Exports<T> {
    /// Looks the exports up. An error names the one that is missing or has another type.
    pub(crate) fn new(pre: InstancePre<T>) -> Result<Self, String> {
        let interface = pre.component().get_export_index(None, INTERFACE);
        let interface = interface.ok_or(format!("the export `{INTERFACE}` is missing"))?;
        Ok(Exports {
            describe: export::<(), (ProviderInfo,), T>(&pre, &interface, "describe")?,
            start: export::<(&Operation, &Context), Actions, T>(&pre, &interface, "start")?,
            step: export::<(&Input,), Actions, T>(&pre, &interface, "step")?,
            pre,
        })
    }

    pub(crate) fn engine(&self) -> &wasmtime::Engine {
        self.pre.engine()
    }

    /// Makes an instance, on a stack of its own.
    pub(crate) async fn instantiate(&self, store: &mut Store<T>) -> wasmtime::Result<Guest> {
        let instance = self.pre.instantiate_async(&mut *store).await?;
        self.guest(instance, store)
    }

    /// Makes an instance of a component that imports nothing, on the stack of this thread.
    pub(crate) fn instantiate_inline(&self, store: &mut Store<T>) -> wasmtime::Result<Guest> {
        let instance = self.pre.instantiate(&mut *store)?;
        self.guest(instance, store)
    }

    fn guest(&self, instance: Instance, store: &mut Store<T>) -> wasmtime::Result<Guest> {
        Ok(Guest {
            // Called once per component, so it is not looked up for every call.
            describe: self.describe,
            start: function(&instance, store, &self.start)?,
            step: function(&instance, store, &self.step)?,
            instance,
        })
    }
}

type Start<'a> = TypedFunc<(&'a Operation, &'a Context), Actions>;
type Step<'a> = TypedFunc<(&'a Input,), Actions>;

// In each call below, `Exports::new` has checked that the function of this component has the type
// that is stated. Those called `inline` run on the stack of this thread, and must find a store that never
// lets a guest be left in the middle.
impl Guest {
    pub(crate) async fn describe<T: Send>(
        &self,
        store: &mut Store<T>,
    ) -> wasmtime::Result<ProviderInfo> {
        let describe = function(&self.instance, store, &self.describe)?;
        // SAFETY: checked when the component was loaded.
        let describe = unsafe { TypedFunc::<(), (ProviderInfo,)>::new_unchecked(describe) };
        Ok(describe.call_async(store, ()).await?.0)
    }

    pub(crate) async fn start<T: Send>(
        &self,
        store: &mut Store<T>,
        operation: &Operation,
        context: &Context,
    ) -> wasmtime::Result<Result<Vec<Action>, Error>> {
        // SAFETY: checked when the component was loaded.
        let start: Start = unsafe { TypedFunc::new_unchecked(self.start) };
        Ok(start.call_async(store, (operation, context)).await?.0)
    }

    pub(crate) fn start_inline<T>(
        &self,
        store: &mut Store<T>,
        operation: &Operation,
        context: &Context,
    ) -> wasmtime::Result<Result<Vec<Action>, Error>> {
        // SAFETY: checked when the component was loaded.
        let start: Start = unsafe { TypedFunc::new_unchecked(self.start) };
        Ok(start.call(store, (operation, context))?.0)
    }

    pub(crate) async fn step<T: Send>(
        &self,
        store: &mut Store<T>,
        input: &Input,
    ) -> wasmtime::Result<Result<Vec<Action>, Error>> {
        // SAFETY: checked when the component was loaded.
        let step: Step = unsafe { TypedFunc::new_unchecked(self.step) };
        Ok(step.call_async(store, (input,)).await?.0)
    }

    pub(crate) fn step_inline<T>(
        &self,
        store: &mut Store<T>,
        input: &Input,
    ) -> wasmtime::Result<Result<Vec<Action>, Error>> {
        // SAFETY: checked when the component was loaded.
        let step: Step = unsafe { TypedFunc::new_unchecked(self.step) };
        Ok(step.call(store, (input,))?.0)
    }
}

fn export<Parameters, Results, T>(
    pre: &InstancePre<T>,
    interface: &ComponentExportIndex,
    name: &str,
) -> Result<ComponentExportIndex, String>
where
    Parameters: ComponentNamedList + Lower,
    Results: ComponentNamedList + Lift,
{
    match pre.component().get_export(Some(interface), name) {
        Some((ComponentItem::ComponentFunc(function), index)) => function
            .typecheck::<Parameters, Results>(&pre.instance_type())
            .map(|()| index)
            .map_err(|error| format!("the export `{name}` has another type: {error:#}")),
        Some(_) => Err(format!("the export `{name}` is no function")),
        None => Err(format!("the export `{name}` of `{INTERFACE}` is missing")),
    }
}

fn function<T>(
    instance: &Instance,
    store: &mut Store<T>,
    index: &ComponentExportIndex,
) -> wasmtime::Result<Func> {
    instance
        .get_func(store, index)
        .ok_or_else(|| wasmtime::Error::msg("an export that was there is gone"))
}
