//! A provider under its configured name: the current version, and the way to the next one.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context as Task, Poll};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwap;
use futures::Stream;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::component::Component;
use crate::egress::Egress;
use crate::error::{Error, Fault, Result};
use crate::exchange::Exchange;
use crate::instance::Instance;
use crate::meter::{Cost, Meter};
use crate::types;
use crate::types::{Context, ErrorKind, Operation, OperationKind, Output};
use crate::version::{ProviderConfig, Version};
use crate::wasi::{Caller, Wasi};

/// In place of a timeout past what the clock can count.
const A_LONG_TIME: Duration = Duration::from_secs(365 * 24 * 3600);

/// A provider. Calls take its current version and keep it to their end.
pub struct Provider {
    name: Arc<str>,
    config: ProviderConfig,
    egress: Arc<Egress>,
    current: ArcSwap<Version>,
    /// Serialises swaps.
    history: Mutex<History>,
    permits: Arc<Semaphore>,
}

/// What came before the current version.
struct History {
    /// What `rollback` goes back to.
    previous: Option<Arc<Version>>,
    /// Versions made so far. A number is never given twice, whatever was rolled back.
    made: u64,
}

/// What one caller may say about one call.
#[derive(Debug, Clone, Default)]
pub struct CallOptions {
    /// Less than `limits.timeout`; more has no effect.
    pub timeout: Option<Duration>,
    /// Names the call in logs and audit records; made up where it is not given.
    pub request_id: Option<String>,
    /// The time the guest is told, in milliseconds since the Unix epoch; the clock's where it is not
    /// given. With a seed, the same upstream bytes give the same answer.
    pub now_ms: Option<f64>,
    /// What the guest's choice of ids follows from; random where it is not given.
    pub seed: Option<u32>,
}

impl Provider {
    pub(crate) fn new(
        name: &str,
        component: Component,
        config: ProviderConfig,
        egress: Arc<Egress>,
    ) -> Result<Self> {
        let name: Arc<str> = name.into();
        let version = Version::new(1, &name, component, &config, egress.clone())?;
        for (pattern, reason) in version.ungranted() {
            tracing::info!(provider = %name, pattern, reason, "wanted and not granted");
        }
        Ok(Provider {
            permits: Arc::new(Semaphore::new(permits(&config))),
            name,
            config,
            egress,
            current: ArcSwap::from_pointee(version),
            history: Mutex::new(History {
                previous: None,
                made: 1,
            }),
        })
    }

    /// Its configured name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version that new calls run on.
    pub fn version(&self) -> Arc<Version> {
        self.current.load_full()
    }

    /// Calls under way, over all versions.
    pub fn calls(&self) -> usize {
        permits(&self.config) - self.permits.available_permits()
    }

    /// Makes `component` the version that new calls run on. Calls under way end on theirs.
    ///
    /// Refused when it wants something that neither is granted nor was wanted before: that is for
    /// the operator to decide.
    pub fn swap(&self, component: Component) -> Result<Arc<Version>> {
        let mut history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        let current = self.current.load_full();
        let next = Version::new(
            history.made + 1,
            &self.name,
            component,
            &self.config,
            self.egress.clone(),
        )?;
        let before = current.ungranted();
        let wanted_before = |pattern: &str| before.iter().any(|(known, _)| known == pattern);
        let new: Vec<String> = next
            .ungranted()
            .into_iter()
            .filter(|(pattern, _)| !wanted_before(pattern))
            .map(|(pattern, reason)| format!("`{pattern}` ({reason})"))
            .collect();
        if !new.is_empty() {
            return Err(Error::Config {
                message: format!(
                    "the new version of provider `{}` wants more than is granted: {}",
                    self.name,
                    new.join(", ")
                ),
                hint: format!(
                    "to approve it, add the patterns to `providers.{}.allow` in `tidegate.toml`",
                    self.name
                ),
            });
        }
        if let Some(moved) = next.moved_credential(&current) {
            return Err(Error::Config {
                message: format!(
                    "the new version of provider `{}` wants its credential `{moved}` in another place",
                    self.name
                ),
                hint: "`tidegate inspect` shows where; to approve it, start with the new version"
                    .into(),
            });
        }
        let next = Arc::new(next);
        self.current.store(next.clone());
        history.made += 1;
        history.previous = Some(current);
        Ok(next)
    }

    /// Goes back to the version before the last swap. A second one goes forth again.
    pub fn rollback(&self) -> Result<Arc<Version>> {
        let mut history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(back) = history.previous.take() else {
            return Err(Error::Config {
                message: format!("provider `{}` has no version to go back to", self.name),
                hint: "there is one after the first swap".into(),
            });
        };
        history.previous = Some(self.current.swap(back.clone()));
        Ok(back)
    }

    /// Begins an operation.
    pub async fn call(&self, operation: Operation, options: CallOptions) -> Result<Outputs> {
        let version = self.current.load_full();
        self.check(&version, &operation)?;
        let permit = self.permits.clone().try_acquire_owned();
        let permit = permit.map_err(|_| Error::Busy {
            provider: self.name.to_string(),
            what: "as many calls as are allowed are under way",
            limit: "`limits.concurrency`",
        })?;
        let limits = version.limits();
        let timeout = options
            .timeout
            .map_or(limits.timeout, |it| it.min(limits.timeout));
        let now = Instant::now();
        let deadline = now.checked_add(timeout).unwrap_or(now + A_LONG_TIME);
        let request_id: Arc<str> = options.request_id.unwrap_or_else(request_id).into();
        let wasi = Wasi::new(Caller {
            way_out: version.way_out.clone(),
            request_id: request_id.clone(),
        });
        let instance = Instance::new(version.component().provider(), limits, wasi);
        let instance = match tokio::time::timeout_at(deadline, instance).await {
            Ok(Ok(instance)) => instance,
            Ok(Err(Fault::PoolFull)) => {
                return Err(Error::Busy {
                    provider: self.name.to_string(),
                    what: "all instances of the engine's pool are in use",
                    limit: "`instances` of the engine",
                });
            }
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
            version.clone(),
            instance,
            permit,
            operation,
            context,
            deadline,
            timeout,
        );
        Ok(Outputs::new(version, exchange))
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

/// The outputs of one operation as they come. Dropping it cancels guest and upstream.
///
/// An error is the last item.
pub struct Outputs {
    version: Arc<Version>,
    meter: Meter,
    stream: Pin<Box<dyn Stream<Item = Result<Output>> + Send>>,
}

impl Outputs {
    fn new(version: Arc<Version>, exchange: Exchange) -> Self {
        let meter = exchange.meter();
        let step = |mut exchange: Exchange| async {
            let output = exchange.next().await?;
            Some((output, exchange))
        };
        Outputs {
            version,
            meter,
            stream: Box::pin(futures::stream::unfold(exchange, step)),
        }
    }

    /// The version that the call runs on, to its end.
    pub fn version(&self) -> &Arc<Version> {
        &self.version
    }

    /// What the call has cost so far.
    pub fn cost(&self) -> Cost {
        self.meter.cost()
    }
}

impl Stream for Outputs {
    type Item = Result<Output>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Option<Self::Item>> {
        self.stream.as_mut().poll_next(task)
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

fn request_id() -> String {
    format!("req_{:016x}", fastrand::u64(..))
}

fn now_ms() -> f64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    since_epoch.unwrap_or_default().as_secs_f64() * 1000.0
}
