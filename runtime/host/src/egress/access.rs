//! What one version of a provider may reach, and with which credentials.

use std::sync::Arc;

use tidegate_grants::Grant;

use crate::digest::Digest;
use crate::egress::credential::Credential;
use crate::limits::Limits;

/// A provider's rights, fixed when a version is made.
pub(crate) struct Access {
    pub(crate) provider: Arc<str>,
    pub(crate) digest: Digest,
    pub(crate) grant: Grant,
    /// In the order in which `describe` declares them.
    pub(crate) credentials: Vec<Credential>,
    pub(crate) limits: Limits,
}

impl Access {
    /// The credential of this name, or the first one where no name is given.
    pub(crate) fn credential(&self, name: Option<&str>) -> Result<Option<&Credential>, String> {
        let Some(name) = name else {
            return Ok(self.credentials.first());
        };
        let named = self
            .credentials
            .iter()
            .find(|credential| credential.name() == name);
        match named {
            Some(credential) => Ok(Some(credential)),
            None => Err(format!(
                "the credential `{name}` is not configured for provider `{}`",
                self.provider
            )),
        }
    }
}
