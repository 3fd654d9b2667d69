//! A gateway: a runtime and a configuration, ready to serve.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arc_swap::ArcSwap;
use tidegate_host::Runtime;
use tidegate_host::grants::Secret;
use tokio::net::TcpListener;

use crate::auth::Keys;
use crate::config::{GatewayConfig, KeyConfig};
use crate::cors::Cors;
use crate::error::Error;
use crate::models::Models;
use crate::routes::Routes;
use crate::serving::{self, Limits};
use crate::shared::Shared;
use crate::signature::Signatures;
use crate::telemetry::{Telemetry, page};

/// The HTTP face of a runtime. Cloning gives another handle.
#[derive(Clone)]
pub struct Gateway(Arc<Shared>);

impl Gateway {
    /// A gateway to the providers of a runtime. Errors name what is wrong in the configuration.
    pub fn new(runtime: Runtime, mut config: GatewayConfig) -> Result<Self, Error> {
        // From here on the gateway knows only their hashes.
        let keys = Keys::new(std::mem::take(&mut config.keys))?;
        let metrics_keys = Keys::of_operators(std::mem::take(&mut config.metrics_keys))?;
        let cors = Cors::new(std::mem::take(&mut config.cors_origins))?;
        let gateway = Arc::new(Shared {
            runtime,
            metrics_keys: ArcSwap::from_pointee(metrics_keys),
            telemetry: Telemetry::new(),
            keys: ArcSwap::from_pointee(keys),
            cors,
            models: Models::default(),
            signatures: Signatures::default(),
            draining: AtomicBool::new(false),
            config,
        });
        Telemetry::watch(&gateway.runtime, &gateway);
        Ok(Gateway(gateway))
    }

    /// What `/metrics` answers, in the text form of OpenMetrics.
    pub fn metrics(&self) -> String {
        page::text(&self.0)
    }

    /// Whether it may listen there.
    pub fn check_address(&self, address: SocketAddr) -> Result<(), Error> {
        match self.0.keys.load().is_empty() && !address.ip().is_loopback() {
            true => Err(Error::NoKeys { address }),
            false => Ok(()),
        }
    }

    /// Whether these would do as keys.
    pub fn check_keys(&self, keys: &[KeyConfig]) -> Result<(), Error> {
        let keys = Keys::new(keys.to_vec())?;
        match keys.is_empty() && !self.0.keys.load().is_empty() {
            // Where it listens was decided with keys in mind.
            true => Err(Error::LastKey),
            false => Ok(()),
        }
    }

    /// Replaces all keys. Calls under way go on with theirs; a key that stays keeps what it has used
    /// of its rates.
    pub fn set_keys(&self, keys: Vec<KeyConfig>) -> Result<(), Error> {
        self.check_keys(&keys)?;
        let keys = Keys::new(keys)?.after(&self.0.keys.load());
        self.0.keys.store(Arc::new(keys));
        Ok(())
    }

    /// Replaces the keys of those who may see the figures.
    pub fn set_metrics_keys(&self, secrets: Vec<Secret>) -> Result<(), Error> {
        let keys = Keys::of_operators(secrets)?;
        self.0.metrics_keys.store(Arc::new(keys));
        Ok(())
    }

    /// What its requests share.
    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.0
    }

    /// Serves until `shutdown` completes and what is then under way has ended, or its time is over
    /// ([`GatewayConfig::drain`]).
    pub async fn serve(
        &self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), Error> {
        self.check_address(listener.local_addr()?)?;
        let config = &self.0.config;
        let limits = Limits {
            connections: config.connections,
            threads: config.threads,
            header_timeout: config.header_timeout,
            write_timeout: config.write_timeout,
            unwanted: config.body_limit,
            drain: config.drain,
        };
        serving::serve(limits, Routes(self.0.clone()), listener, shutdown).await?;
        Ok(())
    }
}
