//! Whether a provider takes calls: the operator's word, which every call reads once.

use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering::SeqCst};

/// Whether a provider takes calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Enabled,
    /// No new ones: those under way are waited for.
    Draining,
    /// None.
    Disabled,
}

impl Standing {
    /// `enabled`, `draining` or `disabled`.
    pub fn name(self) -> &'static str {
        match self {
            Standing::Enabled => "enabled",
            Standing::Draining => "draining",
            Standing::Disabled => "disabled",
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// The word as it stands.
///
/// A call takes its place among `limits.concurrency` and reads this; whoever drains writes this and
/// counts the places. In one order for all threads, so that no call is missed by both.
#[derive(Debug)]
pub(crate) struct Word(AtomicU8);

impl Word {
    pub(crate) fn new(standing: Standing) -> Self {
        Word(AtomicU8::new(standing as u8))
    }

    pub(crate) fn get(&self) -> Standing {
        let written = self.0.load(SeqCst);
        let all = [Standing::Draining, Standing::Disabled];
        let found = all.into_iter().find(|standing| *standing as u8 == written);
        found.unwrap_or(Standing::Enabled)
    }

    pub(crate) fn set(&self, standing: Standing) {
        self.0.store(standing as u8, SeqCst);
    }
}
