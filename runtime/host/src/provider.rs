//! A provider under its configured name: the current version, and the way to the next one.

mod operating;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::component::Component;
use crate::deadlines::Deadlines;
use crate::digest::Digest;
use crate::egress::Egress;
use crate::error::{Error, Fault, Result};
use crate::exchange::Exchange;
use crate::lineage::Lineage;
use crate::observer::Observer;
pub use crate::outputs::Outputs;
use crate::provider_config::ProviderConfig;
use crate::record::CallSinks;
use crate::reuse::Lease;
use crate::router::{Attempts, Price, Rates};
use crate::standing::{Standing, Word};
use crate::tap::Tap;
use crate::types;
use crate::types::{Context, ErrorKind, Operation, OperationKind};
use crate::version::Version;
use crate::wasi::{Caller, Wasi};

pub use operating::Source;

/// In place of a timeout past what the clock can count.
const A_LONG_TIME: Duration = Duration::from_secs(365 * 24 * 3600);

/// A provider. Calls take its current version and keep it to their end.
pub struct Provider {
    name: Arc<str>,
    lineage: Arc<Lineage>,
    /// What it was configured with, whatever has been swapped in since.
    configured: Mutex<Digest>,
    rates: Option<Arc<Mutex<Rates>>>,
    permits: Arc<Semaphore>,
    deadlines: Arc<Deadlines>,
    standing: Word,
}

/// What one caller may say about one call.
#[derive(Debug, Clone, Default)]
pub struct CallOptions {
    /// Less than `limits.timeout`; more has no effect. Where several targets are tried, this is for
    /// all attempts together, waits included: each gets what is left.
    pub timeout: Option<Duration>,
    /// Names the call in logs and audit records; made up where it is not given.
    pub request_id: Option<String>,
    /// The time the guest is told, in milliseconds since the Unix epoch; the clock's where it is not
    /// given. With a seed, the same upstream bytes give the same answer.
    pub now_ms: Option<f64>,
    /// What the guest's choice of ids follows from; random where it is not given.
    pub seed: Option<u32>,
    /// Where to record what is tried; see [`Attempts`].
    pub attempts: Option<Attempts>,
    /// What the spans of the attempts belong to, where the caller traces.
    pub span: Option<tracing::Span>,
    /// On whose behalf it is made, where that decides which instance it may get: see
    /// [`Isolation::Caller`](crate::Isolation::Caller). The gateway gives the name of its key.
    pub caller: Option<Arc<str>>,
    /// Who listens to what is sent and comes, for a recording of the call.
    pub tap: Option<Tap>,
}

impl Provider {
    pub(crate) fn new(
        name: &str,
        component: Component,
        config: ProviderConfig,
        egress: Arc<Egress>,
        calls: Arc<CallSinks>,
    ) -> Result<Self> {
        let name: Arc<str> = name.into();
        let rates = Rates::new(&config.rates, Instant::now().into_std());
        let (permits, configured) = (permits(&config), component.digest());
        Ok(Provider {
            lineage: Arc::new(Lineage::new(
                name.clone(),
                component,
                config,
                egress,
                calls,
            )?),
            name,
            configured: Mutex::new(configured),
            rates: rates.map(|rates| Arc::new(Mutex::new(rates))),
            permits: Arc::new(Semaphore::new(permits)),
            deadlines: Arc::default(),
            standing: Word::new(Standing::Enabled),
        })
    }

    /// Its configured name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version that new calls run on.
    pub fn version(&self) -> Arc<Version> {
        self.lineage.current()
    }

    /// What an operator decided about it.
    pub fn config(&self) -> &ProviderConfig {
        self.lineage.config()
    }

    /// The component that it was configured with, whatever has been swapped in since.
    pub(crate) fn configured(&self) -> Digest {
        *self
            .configured
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The list of its calls.
    pub(crate) fn deadlines(&self) -> &Arc<Deadlines> {
        &self.deadlines
    }

    /// Makes a version for `reconfigure`; nothing has changed yet.
    pub(crate) fn prepare(&self, component: Component) -> Result<Arc<Version>> {
        self.lineage.prepare(component)
    }

    /// Swaps in a version because the configuration names its component now.
    pub(crate) fn reconfigure(&self, next: Arc<Version>) {
        let mut configured = self
            .configured
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *configured = next.component().digest();
        drop(configured);
        self.lineage.swap_in(next);
    }

    /// What a model costs, by the vendor's name of it, where the configuration says so.
    pub fn price(&self, model: &str) -> Option<&Price> {
        self.config().prices.get(model)
    }

    /// Calls under way, over all versions.
    pub fn calls(&self) -> usize {
        permits(self.config()) - self.permits.available_permits()
    }

    /// Makes `component` the version that new calls run on. Calls under way end on theirs.
    ///
    /// Refused when it wants something that neither is granted nor was wanted before: that is for
    /// the operator to decide.
    ///
    /// When its first calls fail by its own fault, it is rolled back by itself.
    pub fn swap(&self, component: Component) -> Result<Arc<Version>> {
        self.lineage.swap(component)
    }

    /// Goes back to the version before the last swap. A second one goes forth again.
    pub fn rollback(&self) -> Result<Arc<Version>> {
        self.lineage.rollback()
    }

    /// Begins an operation.
    pub async fn call(
        &self,
        operation: impl Into<Arc<Operation>>,
        mut options: CallOptions,
    ) -> Result<Outputs> {
        let operation = operation.into();
        let version = self.version();
        let attempts = options.attempts.clone().unwrap_or_default();
        let named = options.request_id.take();
        let request_id: Arc<str> = named.unwrap_or_else(request_id).into();
        let mut observer = Observer::new(
            &self.lineage,
            &version,
            &operation,
            options.timeout,
            request_id.clone(),
            attempts,
            options.span.as_ref(),
        );
        let begun = self.begin(version, operation, options, request_id, &mut observer);
        match begun.await {
            Ok((exchange, deadline, timeout)) => {
                observer.measure(exchange.meter());
                Ok(Outputs::new(
                    exchange,
                    observer,
                    &self.deadlines,
                    deadline,
                    timeout,
                ))
            }
            Err(error) => {
                observer.fail(&error);
                Err(error)
            }
        }
    }

    /// The exchange, its deadline, and how long that is away.
    async fn begin(
        &self,
        version: Arc<Version>,
        operation: Arc<Operation>,
        options: CallOptions,
        request_id: Arc<str>,
        observer: &mut Observer,
    ) -> Result<(Exchange, Instant, Duration)> {
        self.check(&version, &operation)?;
        let permit = self.permits.clone().try_acquire_owned();
        let permit = permit.map_err(|_| Error::Busy {
            provider: self.name.to_string(),
            what: "as many calls as are allowed are under way",
            limit: "`limits.concurrency`",
        })?;
        // After it has its place: see `Word`.
        let standing = self.standing();
        if standing != Standing::Enabled {
            return Err(Error::Withdrawn {
                provider: self.name.to_string(),
                standing,
            });
        }
        observer.admit(&operation, self.rates.as_ref())?;
        let limits = version.limits();
        let timeout = options
            .timeout
            .map_or(limits.timeout, |it| it.min(limits.timeout));
        let now = Instant::now();
        let deadline = now.checked_add(timeout).unwrap_or(now + A_LONG_TIME);
        let wasi = Wasi::new(Caller {
            way_out: version.way_out.clone(),
            budget: version.component().engine().budget.clone(),
            request_id: request_id.clone(),
            tap: options.tap.clone(),
        });
        let (reuse, component) = (version.reuse.as_ref(), version.component());
        let lease = Lease::new(reuse, options.caller, component, limits, wasi);
        let lease = match tokio::time::timeout_at(deadline, lease).await {
            Ok(Ok(lease)) => lease,
            Ok(Err(fault)) => return Err(Error::guest(&self.name, fault)),
            Err(_) => return Err(Error::guest(&self.name, Fault::Timeout(timeout))),
        };
        let context = Context {
            request_id: request_id.to_string(),
            now_ms: options.now_ms.unwrap_or_else(now_ms),
            seed: options.seed.unwrap_or_else(|| fastrand::u32(..)),
            settings: version.settings().to_vec(),
            timeout_ms: Some(u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX)),
        };
        let exchange = Exchange::new(
            version, lease, permit, operation, context, deadline, timeout,
        );
        Ok((exchange.tapped(options.tap), deadline, timeout))
    }

    /// Refuses what is known to fail, before anything is spent on it.
    fn check(&self, version: &Version, operation: &Operation) -> Result<()> {
        let info = version.component().info();
        let kind = kind(operation);
        if kind.is_some_and(|kind| !info.operations.contains(&kind)) {
            return Err(Error::Provider(types::Error::new(
                ErrorKind::Unsupported,
                format!(
                    "provider `{}` does not implement `{}`",
                    self.name,
                    operation.name()
                ),
            )));
        }
        if let Some(credential) = version.missing_credential() {
            let from = match &credential.environment {
                Some(variable) => format!("set `{variable}`, or "),
                None => String::new(),
            };
            return Err(Error::Provider(types::Error::new(
                ErrorKind::Unauthorized,
                format!(
                    "provider `{}` has no `{}`\nhint: {from}give `providers.{}.secrets.{}` a value in `tidegate.toml`",
                    self.name, credential.name, self.name, credential.name
                ),
            )));
        }
        Ok(())
    }
}

impl Drop for Provider {
    /// Calls may still be under way, and keep their version; there will be no new ones.
    fn drop(&mut self) {
        self.version().retire();
    }
}

/// How many calls at once: the limit, as far as it can be counted.
fn permits(config: &ProviderConfig) -> usize {
    config.limits.concurrency.min(Semaphore::MAX_PERMITS)
}

fn kind(operation: &Operation) -> Option<OperationKind> {
    Some(match operation {
        Operation::Chat(_) => OperationKind::Chat,
        Operation::Complete(_) => OperationKind::Complete,
        Operation::Embed(_) => OperationKind::Embed,
        Operation::Rerank(_) => OperationKind::Rerank,
        Operation::ListModels => OperationKind::ListModels,
        Operation::CountTokens(_) => OperationKind::CountTokens,
        Operation::Check => OperationKind::Check,
        Operation::Other(_) => return None,
    })
}

pub(crate) fn request_id() -> String {
    format!("req_{:016x}", fastrand::u64(..))
}

fn now_ms() -> f64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    since_epoch.unwrap_or_default().as_secs_f64() * 1000.0
}
