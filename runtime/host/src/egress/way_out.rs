//! The way out of one version of a provider: what it may reach, and the egress that holds it to that.

use std::sync::Arc;
use std::time::Duration;

use tidegate_grants::Target;

use crate::audit::{AuditRecord, Outcome, Pending};
use crate::egress::{Access, Answer, Egress, Outbound};
use crate::printable::excerpt;
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

    /// Records a request that is not sent, because its call has sent as many as it may. To be called
    /// for the first of them: a guest may go on asking without end, and a log has one.
    pub(crate) fn record_excess(&self, request_id: &Arc<str>, method: &str, url: &str) {
        let access = &self.access;
        let (origin, path) = match Target::parse(method, url) {
            Ok(target) => (target.origin().to_string(), target.path().into()),
            Err(_) => Default::default(),
        };
        let sentence = format!(
            "provider `{}` may not send more than {} requests in one call (`limits.fetches`): `{origin}{path}` is refused, and all that it asks for after it\nhint: to allow more, raise `providers.{}.limits.fetches` in `tidegate.toml`",
            access.provider, access.limits.fetches, access.provider
        );
        // Dropped at once, which is what completes it.
        Pending::new(
            AuditRecord {
                provider: access.provider.clone(),
                digest: access.digest,
                request_id: request_id.clone(),
                method: excerpt(method),
                origin,
                path,
                status: None,
                credential: None,
                token_for: None,
                sent: 0,
                received: 0,
                duration: Duration::ZERO,
                outcome: Outcome::Denied(sentence),
            },
            self.egress.audit.clone(),
        );
    }
}
