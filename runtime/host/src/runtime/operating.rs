//! What operators do to providers and calls while they run.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Runtime;
use crate::component::Component;
use crate::error::Result;
use crate::live::LiveCall;
use crate::roster::Roster;
use crate::standing::Standing;
use crate::version::Version;

/// How often a provider that is being drained is looked at.
const LOOK: Duration = Duration::from_millis(20);

impl Runtime {
    /// Makes `component` the version that new calls of a provider run on; see [`Provider::swap`].
    pub fn swap(&self, provider: &str, component: Component) -> Result<Arc<Version>> {
        let _changing = self.changing();
        self.provider(provider)?.swap(component)
    }

    /// Goes back to the version before the last swap.
    pub fn rollback(&self, provider: &str) -> Result<Arc<Version>> {
        let _changing = self.changing();
        self.provider(provider)?.rollback()
    }

    /// Says whether a provider takes calls from now on; those under way go on. What is said holds
    /// whatever becomes of the configuration, for as long as that has a provider of this name.
    pub fn set_standing(&self, provider: &str, standing: Standing) -> Result<()> {
        let _changing = self.changing();
        self.provider(provider)?.set_standing(standing);
        Ok(())
    }

    /// Lets no new call of a provider begin and waits for those under way, this long at most. How many
    /// are left. It takes calls again when [`Runtime::set_standing`] says so.
    pub async fn drain(&self, provider: &str, patience: Duration) -> Result<usize> {
        self.set_standing(provider, Standing::Draining)?;
        let began = Instant::now();
        loop {
            let left = self.calls_of(provider)?;
            if left == 0 || began.elapsed() >= patience {
                return Ok(left);
            }
            tokio::time::sleep(LOOK.min(patience)).await;
        }
    }

    /// All calls under way, oldest first.
    pub fn live_calls(&self) -> Vec<LiveCall> {
        self.roster().calls()
    }

    /// Ends a call: its caller gets [`Error::Ended`], and its upstream hears no more of it. `None`:
    /// there is none of this number.
    pub async fn end_call(&self, id: u64) -> Option<LiveCall> {
        self.roster().end(id).await
    }

    /// Calls of a provider under way, those that began under a configuration before included.
    fn calls_of(&self, name: &str) -> Result<usize> {
        let provider = self.provider(name)?;
        // Its own are counted from the moment on at which they have their place.
        Ok(provider.calls() + self.roster().count_except(name, provider.deadlines()))
    }

    fn roster(&self) -> Arc<Roster> {
        self.0.table.load().outside.roster.clone()
    }
}
