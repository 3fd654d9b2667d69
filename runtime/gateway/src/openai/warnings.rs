//! The member `tidegate` of an answer: what could not be honoured.

use serde::Serialize;
use tidegate_host::types::Warning;

/// Left out where there is nothing to tell.
#[derive(Debug, Serialize)]
pub struct Remarks<'a> {
    warnings: &'a [Warning],
}

impl<'a> Remarks<'a> {
    /// `None` where there are none.
    pub fn new(warnings: &'a [Warning]) -> Option<Self> {
        (!warnings.is_empty()).then_some(Remarks { warnings })
    }
}
