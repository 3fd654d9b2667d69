//! What all requests of a gateway share.

use std::sync::atomic::AtomicBool;

use arc_swap::ArcSwap;
use tidegate_host::Runtime;

use crate::auth::Keys;
use crate::config::GatewayConfig;
use crate::cors::Cors;
use crate::models::Models;
use crate::signature::Signatures;
use crate::telemetry::Telemetry;

/// Behind one `Arc`, of which every request holds a clone.
pub struct Shared {
    pub runtime: Runtime,
    pub config: GatewayConfig,
    pub keys: ArcSwap<Keys>,
    /// Who may see the figures, where there are keys.
    pub metrics_keys: ArcSwap<Keys>,
    pub cors: Cors,
    pub models: Models,
    pub signatures: Signatures,
    pub telemetry: Telemetry,
    /// Told to stop, and finishing what is under way.
    pub draining: AtomicBool,
}
