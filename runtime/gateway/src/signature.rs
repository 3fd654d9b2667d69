//! The headers that say who answered, made once per version of a provider.

use std::sync::{Mutex, PoisonError};

use http::{HeaderMap, HeaderValue};
use tidegate_host::{Digest, Version};

use crate::headers::{PROVIDER, VERSION};

/// More versions than are current at a time; the oldest is forgotten and made anew when it is met.
const REMEMBERED: usize = 64;

/// Signatures made so far.
#[derive(Default)]
pub struct Signatures(Mutex<Vec<Signature>>);

struct Signature {
    name: String,
    digest: Digest,
    provider: HeaderValue,
    version: HeaderValue,
}

impl Signatures {
    /// Writes the provider's name, its semantic version and the beginning of its digest.
    pub fn sign(&self, version: &Version, headers: &mut HeaderMap) {
        let digest = version.component().digest();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all
            .iter()
            .position(|it| it.digest == digest && it.name == version.name());
        let signature = match known {
            Some(index) => all.get(index),
            None => {
                // A name that no header carries is left out.
                let Some(signature) = Signature::new(version, digest) else {
                    return;
                };
                if all.len() >= REMEMBERED {
                    all.remove(0);
                }
                all.push(signature);
                all.last()
            }
        };
        if let Some(signature) = signature {
            headers.insert(PROVIDER, signature.provider.clone());
            headers.insert(VERSION, signature.version.clone());
        }
    }
}

impl Signature {
    fn new(version: &Version, digest: Digest) -> Option<Self> {
        let number = &version.component().info().version;
        Some(Signature {
            name: version.name().into(),
            digest,
            provider: HeaderValue::try_from(version.name()).ok()?,
            version: HeaderValue::try_from(format!("{number} {}", digest.short())).ok()?,
        })
    }
}
