//! What one version of a provider may reach, and with which credentials.

use std::sync::Arc;

use tidegate_grants::Grant;

use crate::digest::Digest;
use crate::egress::credential::Credential;
use crate::egress::mask::Mask;
use crate::egress::route::Routes;
use crate::limits::Limits;
use crate::printable::excerpt;

/// A provider's rights, fixed when a version is made.
pub(crate) struct Access {
    pub(crate) provider: Arc<str>,
    pub(crate) digest: Digest,
    pub(crate) grant: Grant,
    /// In the order in which `describe` declares them.
    pub(crate) credentials: Vec<Credential>,
    /// Of all credentials that stay as they are, whichever a request carries: an upstream may remember
    /// another.
    pub(crate) mask: Option<Mask>,
    /// The credential that this is the right to obtain a token for; `None`: it is a provider's.
    pub(crate) token_for: Option<Arc<str>>,
    pub(crate) limits: Limits,
    pub(crate) routes: Routes,
}

impl Access {
    pub(crate) fn new(
        provider: Arc<str>,
        digest: Digest,
        grant: Grant,
        credentials: Vec<Credential>,
        limits: Limits,
    ) -> Self {
        let forms = credentials.iter().flat_map(Credential::forms);
        Access {
            mask: Mask::new(forms),
            provider,
            digest,
            grant,
            credentials,
            token_for: None,
            limits,
            routes: Routes::default(),
        }
    }

    /// What to mask in answers: what is configured, and tokens as they come.
    pub(crate) fn mask(&self) -> Option<Mask> {
        let tokens = self.credentials.iter().filter_map(Credential::tokens);
        tokens.fold(self.mask.clone(), |mask, source| {
            Mask::both(mask, source.mask())
        })
    }

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
                "the credential `{}` is not configured for provider `{}`",
                excerpt(name),
                self.provider
            )),
        }
    }
}
