//! The admin API: what operators see of a gateway that runs, and what they do to it.
//!
//! It has a listener of its own and a key of its own, so that whoever may call need not be who may
//! change things. All of `/admin/` wants the key; `/healthz` and `/readyz` are for whoever watches
//! the process. What there is, [`openapi`] says, and so does `GET /admin/openapi.json`.

// Reading order: the listener, who may pass, what can be asked for, then what answers and refusals are
// made of.
mod routed;
mod router;
mod health;
mod figures;
mod providers;
mod calls;
mod audit;
mod models;
mod keys;
mod reload;
mod desk;
mod key;
mod upload;
mod program;
mod answer;
mod refusal;

use std::sync::Arc;
use std::time::Duration;

use tidegate_host::grants::Secret;
use tidegate_host::{AuditTail, Engine};
use tokio::net::TcpListener;

use crate::error::Error;
use crate::gateway::Gateway;
use crate::serving::{self, Limits};
use desk::Desk;
use routed::Routed;

pub use program::{ChangedProvider, Program, ProviderChange, Reloaded};
pub use refusal::{AdminProblem, Refusal, RefusalKind};
pub use router::openapi;

/// Operators are few.
const CONNECTIONS: usize = 64;

/// What an operator decides about the admin API.
#[derive(Debug, Clone)]
pub struct AdminConfig {
    /// What has to be shown as `authorization: Bearer …`: any of these. The API keeps their SHA-256 and
    /// forgets them.
    pub secrets: Vec<Secret>,
    /// How long requests under way may go on after it was told to stop. Default: 5 s.
    pub drain: Duration,
}

impl AdminConfig {
    /// With one key.
    pub fn new(secret: impl Into<String>) -> Self {
        AdminConfig::with_keys(vec![Secret::new(secret)])
    }

    /// With several, each of which is valid.
    pub fn with_keys(secrets: Vec<Secret>) -> Self {
        AdminConfig {
            secrets,
            drain: Duration::from_secs(5),
        }
    }
}

/// The admin API of a gateway. Cloning gives another handle.
#[derive(Clone)]
pub struct Admin {
    desk: Arc<Desk>,
    /// What its sockets are held to.
    limits: Limits,
}

impl Admin {
    /// The admin API of a gateway. Components that are swapped in are loaded on `engine`, and those
    /// with names found by `program`, which reads the configuration again too. `tail` is what
    /// `GET /admin/audit` shows: the one that the runtime was built with.
    pub fn new(
        gateway: &Gateway,
        engine: Engine,
        tail: Arc<AuditTail>,
        program: Arc<dyn Program>,
        config: AdminConfig,
    ) -> Result<Admin, Error> {
        let shared = gateway.shared();
        let limits = Limits {
            connections: CONNECTIONS,
            // Nothing here is asked for often.
            threads: 0,
            header_timeout: shared.config.header_timeout,
            write_timeout: shared.config.write_timeout,
            unwanted: usize::try_from(engine.component_size()).unwrap_or(usize::MAX),
            drain: config.drain,
        };
        Ok(Admin {
            limits,
            desk: Arc::new(Desk::new(gateway, engine, tail, program, config.secrets)?),
        })
    }

    /// Replaces its keys.
    pub fn set_keys(&self, secrets: Vec<Secret>) -> Result<(), Error> {
        self.desk.set_keys(secrets)
    }

    /// Serves until `shutdown` completes and what is then under way has ended, or its time is over.
    pub async fn serve(
        &self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> std::io::Result<()> {
        let router = router::router(self.desk.clone());
        let shutdown = async {
            shutdown.await;
            self.desk.stop();
        };
        serving::serve(self.limits.clone(), Routed(router), listener, shutdown).await
    }
}
