//! The keys of operators: hashed in memory, compared in constant time.

use http::HeaderMap;
use http::header::AUTHORIZATION;
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _};
use tidegate_host::grants::Secret;

use super::refusal::{Refusal, RefusalKind};
use crate::auth::{bearer, problem};
use crate::error::Error;

/// Each of these is valid.
pub struct AdminKeys(Vec<[u8; 32]>);

impl AdminKeys {
    pub fn new(secrets: &[Secret]) -> Result<Self, Error> {
        let nothing = ("has no value", "set the variable or the file that it names");
        let problem = match secrets.is_empty() {
            true => Some(nothing),
            false => secrets.iter().find_map(|secret| problem(secret.expose())),
        };
        if let Some((problem, hint)) = problem {
            return Err(Error::AdminKey { problem, hint });
        }
        let digest = |secret: &Secret| Sha256::digest(secret.expose()).into();
        Ok(AdminKeys(secrets.iter().map(digest).collect()))
    }

    /// Whether one of these is shown. Compares with every one, and digests instead of secrets: how
    /// long it takes says nothing about any of them.
    pub fn check(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let mut shown = headers.get_all(AUTHORIZATION).into_iter();
        let Some(secret) = shown.find_map(bearer) else {
            return Err(
                Refusal::new(RefusalKind::Unauthorized, "there is no key in the request").hint(
                    "send `authorization: Bearer …` with the `key` of `[admin]` in `tidegate.toml`",
                ),
            );
        };
        let digest = Sha256::digest(secret);
        let found = self.0.iter().fold(Choice::from(0), |found, known| {
            found | digest.as_slice().ct_eq(known)
        });
        match bool::from(found) {
            true => Ok(()),
            false => {
                tracing::warn!(target: "tidegate::admin", "somebody has shown a wrong key");
                Err(Refusal::new(
                    RefusalKind::Unauthorized,
                    "the key is not the admin key",
                )
                .hint("it is the one of `[admin]` in `tidegate.toml`; keys of `[gateway]` are for calls"))
            }
        }
    }
}
