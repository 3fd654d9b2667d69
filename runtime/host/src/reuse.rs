//! Whether an instance that has served a call may serve another one: for the same caller, and as long
//! as it is as good as a fresh one.
//!
//! An instance is used again after an exchange that ended with `done` and was read to its end, and after
//! nothing else. A trap, a timeout or a call that was dropped may have left it in the middle of something.
//! A `fail` ends an exchange in good order; but where what is left of earlier calls is what makes a guest
//! fail, it would go on failing for that caller, and failures are not what has to be fast.
//!
//! Guests leak. One that has been used often, or has grown, is given up before that becomes a failure; see
//! [`Bounds`](crate::state::Bounds) for the memory of a call in an instance that has grown a little.

use std::sync::Arc;

use crate::component::Component;
use crate::error::Fault;
use crate::idle::Idle;
use crate::instance::Instance;
use crate::limits::Limits;
use crate::spares::Keeper;
use crate::wasi::Wasi;

/// How many calls an instance serves at most. What a fresh one costs, shared among so many calls, is
/// nothing; and whatever a guest gathers from call to call ends here.
const CALLS: u32 = 1_000;

/// How far the memories of an instance may have grown since its beginning for it to be used again.
/// Enough for what an allocator keeps of calls of ordinary size. After a call that took more, to reset the
/// instance costs little beside the call, and to keep it would cost memory that nobody needs.
const GROWTH: usize = 1 << 20;

/// Who may get the instance that has served a call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Isolation {
    /// Nobody: every call gets an instance of its own.
    #[default]
    Call,
    /// The same caller, as [`CallOptions::caller`](crate::CallOptions::caller) names it. Never another
    /// one, and a call without a caller gets an instance of its own.
    ///
    /// This saves the making and the end of an instance. What it costs: a provider's memory still holds
    /// what the same caller sent and got before, so a provider that is wrong, or hostile, can mix one
    /// call of a caller up with another of theirs, which it cannot with [`Isolation::Call`].
    ///
    /// Components that import WASI get an instance for every call all the same: what they hold of it
    /// is not only in their memory.
    Caller,
}

/// The instances of one version that wait for the next call of their caller.
pub(crate) struct Reuse {
    idle: Arc<Idle<Instance>>,
    /// `GROWTH`, or less where the pool would not give a call its memory on top of that.
    growth: usize,
}

impl Reuse {
    /// `None`: every call gets an instance of its own.
    pub(crate) fn new(
        provider: &str,
        component: &Component,
        isolation: Isolation,
        limits: &Limits,
    ) -> Option<Self> {
        if isolation == Isolation::Call {
            return None;
        }
        if component.imports_wasi() {
            tracing::warn!(
                provider,
                component = component.name(),
                "`isolation = \"caller\"` has no effect: the component imports WASI, so every call gets an instance of its own"
            );
            return None;
        }
        let engine = component.engine();
        let idle = Arc::<Idle<Instance>>::default();
        let keeper: Arc<dyn Keeper> = idle.clone();
        engine.spares.enter(Arc::downgrade(&keeper));
        let room = engine.config.memory.saturating_sub(limits.memory);
        let growth = GROWTH.min(room);
        Some(Reuse { idle, growth })
    }

    /// Gives all of them up, and takes none back.
    pub(crate) fn close(&self) {
        self.idle.close();
    }

    /// Takes them back again.
    pub(crate) fn open(&self) {
        self.idle.open();
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.idle.count()
    }
}

/// The instance of one call, and who may use it afterwards.
pub(crate) struct Lease {
    pub(crate) instance: Instance,
    caller: Option<Arc<str>>,
}

impl Lease {
    /// One that has served this caller before, with nothing left of that call but what is in the guest's
    /// memory; else a fresh one.
    pub(crate) async fn new(
        reuse: Option<&Reuse>,
        caller: Option<Arc<str>>,
        component: &Component,
        limits: &Limits,
        wasi: Wasi,
    ) -> Result<Self, Fault> {
        let kept = match (reuse, &caller) {
            (Some(reuse), Some(caller)) => reuse.idle.take(caller),
            _ => None,
        };
        let instance = match kept {
            Some(mut instance) => {
                instance.renew(limits, wasi);
                instance
            }
            None => {
                let spares = &component.engine().spares;
                let stacks = component.stacks();
                Instance::new(component.provider(), spares, limits, stacks, wasi).await?
            }
        };
        Ok(Lease { instance, caller })
    }

    /// Keeps the instance for its caller's next call, unless it is worn out. To be called after an exchange
    /// that ended well, and after no other.
    pub(crate) fn give_back(self, reuse: Option<&Reuse>) {
        let Lease { instance, caller } = self;
        let (Some(reuse), Some(caller)) = (reuse, caller) else {
            return;
        };
        if instance.calls() < CALLS && instance.is_as_good_as_new(reuse.growth) {
            reuse.idle.put(&caller, instance);
        }
    }
}
