//! What the program around a gateway does for its operators: it knows where components come from, and
//! where the configuration is.

use futures::future::BoxFuture;
use serde::Serialize;
use tidegate_host::Component;
use utoipa::ToSchema;

use super::refusal::Refusal;

/// The program around a gateway.
pub trait Program: Send + Sync + 'static {
    /// Loads a component by its name in a configuration: `bundled:echo`, `./my-provider.wasm`.
    fn component(&self, source: String) -> BoxFuture<'static, Result<Component, Refusal>>;

    /// Reads the configuration again and applies it, whole or not at all.
    fn reload(&self) -> BoxFuture<'static, Result<Reloaded, Refusal>>;
}

/// What a configuration that was applied has changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Reloaded {
    /// Providers that are not what they were.
    pub providers: Vec<ChangedProvider>,
    /// Names of routes that are not what they were.
    pub routes: Vec<String>,
    /// Sections that have changed, and are read at the start only.
    pub needs_restart: Vec<String>,
}

/// A provider that is not what it was.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ChangedProvider {
    /// Its name.
    pub name: String,
    /// What became of it.
    pub change: ProviderChange,
    /// The number of its version now.
    pub version: Option<u64>,
}

/// What became of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProviderChange {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It has another component.
    Swapped,
    /// It has another configuration, and begins anew.
    Reconfigured,
}
