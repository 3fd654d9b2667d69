//! The way out of one version of a provider: what it may reach, and the egress that holds it to that.

use std::sync::Arc;

use crate::egress::{Access, Answer, Egress, Outbound};
use crate::types::FetchFailure;

/// Handed to whatever sends on a guest's behalf.
pub(crate) struct WayOut {
    pub(crate) access: Access,
    egress: Arc<Egress>,
}

impl WayOut {
    pub(crate) fn new(access: Access, egress: Arc<Egress>) -> Self {
        WayOut { access, egress }
    }

    /// Sends a request and returns the head of its answer, the body to follow.
    pub(crate) async fn send(
        &self,
        request_id: &Arc<str>,
        outbound: Outbound,
    ) -> Result<Answer, FetchFailure> {
        self.egress.send(&self.access, request_id, outbound).await
    }
}
