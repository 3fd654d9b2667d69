//! The versions of one provider: the current one, the way to the next, and the way back.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use arc_swap::ArcSwap;

use crate::component::Component;
use crate::egress::Egress;
use crate::error::{Error, Result};
use crate::provider_config::ProviderConfig;
use crate::record::CallSinks;
use crate::router::Probation;
use crate::version::Version;

/// The versions of one provider.
pub(crate) struct Lineage {
    name: Arc<str>,
    config: ProviderConfig,
    egress: Arc<Egress>,
    calls: Arc<CallSinks>,
    current: ArcSwap<Version>,
    /// Serialises swaps.
    history: Mutex<History>,
}

/// What came before the current version.
struct History {
    /// What `rollback` goes back to.
    previous: Option<Arc<Version>>,
    /// Versions made so far. A number is never given twice, whatever was rolled back.
    made: u64,
    rolled_back: Option<RolledBack>,
}

/// A version that was rolled back by itself, because its first calls failed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RolledBack {
    /// Its number.
    pub version: u64,
    /// The number of the version that came back.
    pub to: u64,
    /// How its last call failed.
    pub reason: String,
    /// When it was rolled back.
    pub at: SystemTime,
}

impl Lineage {
    /// A provider with its first version.
    pub(crate) fn new(
        name: Arc<str>,
        component: Component,
        config: ProviderConfig,
        egress: Arc<Egress>,
        calls: Arc<CallSinks>,
    ) -> Result<Self> {
        let version = Version::new(1, &name, component, &config, egress.clone())?;
        for (pattern, reason) in version.ungranted() {
            tracing::info!(provider = %name, pattern, reason, "wanted and not granted");
        }
        Ok(Lineage {
            name,
            config,
            egress,
            calls,
            current: ArcSwap::from_pointee(version),
            history: Mutex::new(History {
                previous: None,
                made: 1,
                rolled_back: None,
            }),
        })
    }

    pub(crate) fn name(&self) -> &Arc<str> {
        &self.name
    }

    pub(crate) fn config(&self) -> &ProviderConfig {
        &self.config
    }

    /// Who is told of calls.
    pub(crate) fn calls(&self) -> &CallSinks {
        &self.calls
    }

    /// The version that new calls run on.
    pub(crate) fn current(&self) -> Arc<Version> {
        self.current.load_full()
    }

    /// The version that was rolled back last, because its first calls failed.
    pub(crate) fn rolled_back(&self) -> Option<RolledBack> {
        self.history().rolled_back.clone()
    }

    /// What `rollback` goes back to.
    pub(crate) fn previous(&self) -> Option<Arc<Version>> {
        self.history().previous.clone()
    }

    /// Makes `component` the version that new calls run on.
    pub(crate) fn swap(&self, component: Component) -> Result<Arc<Version>> {
        let mut history = self.history();
        let mut next = self.make(component, &mut history)?;
        self.check_wants(&self.current.load(), &next)?;
        next.by_hand = true;
        let next = Arc::new(next);
        self.put(next.clone(), &mut history);
        Ok(next)
    }

    /// Goes on with what was swapped in before this provider was configured anew. It has been approved
    /// and has been called: nothing is asked of it again.
    pub(crate) fn adopt(&self, component: Component) -> Result<()> {
        let mut history = self.history();
        let mut next = self.make(component, &mut history)?;
        next.by_hand = true;
        history.previous = Some(self.supersede(Arc::new(next)));
        Ok(())
    }

    /// The first half of a swap by configuration: all that can fail.
    pub(crate) fn prepare(&self, component: Component) -> Result<Arc<Version>> {
        let current = self.current();
        // What was swapped in by hand, and stands in the configuration now.
        if current.component().digest() == component.digest() {
            return Ok(current);
        }
        let next = self.make(component, &mut self.history())?;
        self.check_wants(&current, &next)?;
        Ok(Arc::new(next))
    }

    /// The second half.
    pub(crate) fn swap_in(&self, next: Arc<Version>) {
        let mut history = self.history();
        if !Arc::ptr_eq(&self.current.load(), &next) {
            self.put(next, &mut history);
        }
    }

    fn make(&self, component: Component, history: &mut History) -> Result<Version> {
        let number = history.made + 1;
        let egress = self.egress.clone();
        let next = Version::new(number, &self.name, component, &self.config, egress)?;
        history.made = number;
        Ok(next)
    }

    /// Makes a version the current one, and returns the one before. A version to go back to holds no
    /// instances.
    fn supersede(&self, next: Arc<Version>) -> Arc<Version> {
        next.resume();
        let before = self.current.swap(next);
        before.retire();
        before
    }

    /// The version is on trial from now on: see `give_up`.
    fn put(&self, next: Arc<Version>, history: &mut History) {
        let health = next.health.lock();
        health.unwrap_or_else(PoisonError::into_inner).probation = Probation::new(Probation::TRIES);
        history.previous = Some(self.supersede(next));
    }

    /// Goes back to the version before the last swap. A second one goes forth again.
    pub(crate) fn rollback(&self) -> Result<Arc<Version>> {
        let mut history = self.history();
        let Some(back) = history.previous.take() else {
            return Err(Error::Config {
                message: format!("provider `{}` has no version to go back to", self.name),
                hint: "there is one after the first swap".into(),
            });
        };
        history.previous = Some(self.supersede(back.clone()));
        Ok(back)
    }

    /// Goes back from a version whose first calls failed, unless it is not the current one any more,
    /// or there is nothing better to go back to.
    pub(crate) fn give_up(&self, failed: &Arc<Version>, reason: &Error) {
        let mut history = self.history();
        if !Arc::ptr_eq(&self.current.load(), failed) {
            return;
        }
        // Two versions that both failed would otherwise take turns for ever.
        let better = history.previous.take_if(|version| {
            let health = version.health.lock();
            health.unwrap_or_else(PoisonError::into_inner).probation != Probation::Failed
        });
        let Some(back) = better else {
            tracing::warn!(
                provider = %self.name,
                version = failed.number(),
                error = %reason,
                "the first calls of this version failed, and there is none to go back to"
            );
            return;
        };
        tracing::warn!(
            provider = %self.name,
            version = failed.number(),
            to = back.number(),
            error = %reason,
            "rolled back: the first calls of the new version failed"
        );
        history.rolled_back = Some(RolledBack {
            version: failed.number(),
            to: back.number(),
            reason: reason.to_string(),
            at: SystemTime::now(),
        });
        history.previous = Some(self.supersede(back));
    }

    /// Refuses what is for the operator to decide.
    fn check_wants(&self, current: &Version, next: &Version) -> Result<()> {
        let before = current.ungranted();
        let wanted_before = |pattern: &str| before.iter().any(|(known, _)| known == pattern);
        let mut new = next.ungranted();
        new.retain(|(pattern, _)| !wanted_before(pattern));
        if !new.is_empty() {
            return Err(Error::Wants {
                provider: self.name.to_string(),
                wants: new,
            });
        }
        if let Some(moved) = next.moved_credential(current) {
            return Err(Error::Config {
                message: format!(
                    "the new version of provider `{}` wants its credential `{moved}` in another place",
                    self.name
                ),
                hint: "`tidegate inspect` shows where; to approve it, start with the new version"
                    .into(),
            });
        }
        Ok(())
    }

    fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
