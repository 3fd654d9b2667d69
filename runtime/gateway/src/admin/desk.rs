//! What the endpoints work with.

use std::sync::Arc;

use arc_swap::ArcSwap;
use http::HeaderMap;
use tidegate_host::grants::Secret;
use tidegate_host::{AuditTail, Engine, Runtime};
use tokio::sync::{Mutex, watch};

use super::key::AdminKeys;
use super::program::Program;
use super::refusal::Refusal;
use crate::error::Error;
use crate::gateway::Gateway;
use crate::shared::Shared;

/// Behind one `Arc`, of which every request holds a clone.
pub struct Desk {
    gateway: Arc<Shared>,
    keys: ArcSwap<AdminKeys>,
    stopping: watch::Sender<bool>,
    /// Loads what is sent.
    pub engine: Engine,
    /// What has left the process.
    pub tail: Arc<AuditTail>,
    /// Who knows of files, bundled components and the configuration.
    pub program: Arc<dyn Program>,
    /// One swap at a time, so that whoever swaps is told what was there before. Bodies are read and
    /// components compiled before it is one's turn: a slow one holds up nobody.
    pub swapping: Mutex<()>,
}

impl Desk {
    pub fn new(
        gateway: &Gateway,
        engine: Engine,
        tail: Arc<AuditTail>,
        program: Arc<dyn Program>,
        secrets: Vec<Secret>,
    ) -> Result<Self, Error> {
        Ok(Desk {
            gateway: gateway.shared().clone(),
            keys: ArcSwap::from_pointee(AdminKeys::new(&secrets)?),
            stopping: watch::Sender::new(false),
            engine,
            tail,
            program,
            swapping: Mutex::new(()),
        })
    }

    pub fn gateway(&self) -> &Arc<Shared> {
        &self.gateway
    }

    pub fn runtime(&self) -> &Runtime {
        &self.gateway.runtime
    }

    /// Whether a request shows a key.
    pub fn check_key(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        self.keys.load().check(headers)
    }

    pub fn set_keys(&self, secrets: Vec<Secret>) -> Result<(), Error> {
        self.keys.store(Arc::new(AdminKeys::new(&secrets)?));
        Ok(())
    }

    /// Ends answers that would go on for ever.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Completes when there is no more time for answers that would go on for ever.
    pub fn stopped(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut stopping = self.stopping.subscribe();
        async move {
            // An error is an API that is gone.
            let _ = stopping.wait_for(|stopping| *stopping).await;
        }
    }
}
