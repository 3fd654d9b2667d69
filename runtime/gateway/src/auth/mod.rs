//! Who may call, and for which models.

mod quota;
mod spending;

use std::sync::{Arc, Mutex, PoisonError};

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use tidegate_host::grants::{ModelPattern, Secret};
use tidegate_host::{Budget, RateLimits, Rates, Spending};
use tokio::time::Instant;

use crate::config::KeyConfig;
use crate::error::Error;
use crate::failure::{Failure, FailureKind};
use crate::headers::API_KEY;

pub use quota::Reservation;

/// All keys. Their secrets are kept here as hashes only; whoever configured the gateway may still
/// hold them.
pub struct Keys(Vec<Arc<Key>>);

/// A key that clients present.
pub struct Key {
    name: Arc<str>,
    digests: Vec<[u8; 32]>,
    models: Vec<ModelPattern>,
    limits: RateLimits,
    rates: Option<Arc<Mutex<Rates>>>,
    budget: Budget,
    spending: Arc<Mutex<Spending>>,
}

impl Keys {
    /// Hashes what was configured.
    pub fn new(keys: Vec<KeyConfig>) -> Result<Self, Error> {
        check_names(&keys)?;
        keys.into_iter()
            .map(|key| Key::new(key).map(Arc::new))
            .collect::<Result<_, _>>()
            .map(Keys)
    }

    /// One key with these secrets, for operators; none without a secret.
    pub fn of_operators(secrets: Vec<Secret>) -> Result<Self, Error> {
        if secrets.is_empty() {
            return Ok(Keys(Vec::new()));
        }
        Keys::new(vec![KeyConfig {
            secrets,
            ..KeyConfig::new("admin", "")
        }])
    }

    /// The same keys. Those that stand among `before` with the same limits have used as much, and all that
    /// stand there have spent as much: another budget does not give back what the old one has paid for.
    pub fn after(mut self, before: &Keys) -> Keys {
        // Nobody else has a handle on them yet.
        for key in self.0.iter_mut().filter_map(Arc::get_mut) {
            let Some(same) = before.0.iter().find(|it| it.name == key.name) else {
                continue;
            };
            key.spending.clone_from(&same.spending);
            if same.limits == key.limits {
                key.rates.clone_from(&same.rates);
            }
        }
        self
    }
    /// Whether everyone may call.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, in the order of the configuration.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Key>> {
        self.0.iter()
    }

    /// The key that a request presents; `None` where none is needed.
    pub fn find(&self, headers: &HeaderMap) -> Result<Option<Arc<Key>>, Failure> {
        if self.is_empty() {
            return Ok(None);
        }
        let mut presented = presented(headers).peekable();
        if presented.peek().is_none() {
            return Err(Failure::new(
                FailureKind::Key,
                "there is no key in the request\nhint: send `authorization: Bearer …` or `x-api-key: …`",
            ));
        }
        let found = presented.find_map(|secret| self.of(secret));
        found.map(Some).ok_or_else(|| {
            Failure::new(
                FailureKind::Key,
                "the key is not one of this gateway's\nhint: a gateway has keys of its own; those of vendors stay in its configuration",
            )
        })
    }

    /// Compares with every key, whichever it is, and digests instead of secrets: how long it takes
    /// says nothing about any of them.
    fn of(&self, secret: &[u8]) -> Option<Arc<Key>> {
        let digest = Sha256::digest(secret);
        let mut found = None;
        for key in &self.0 {
            for known in &key.digests {
                if bool::from(digest.as_slice().ct_eq(known)) {
                    found = Some(key.clone());
                }
            }
        }
        found
    }
}

impl Key {
    fn new(config: KeyConfig) -> Result<Self, Error> {
        let problem = config
            .secrets
            .iter()
            .find_map(|secret| problem(secret.expose()));
        let problem = match config.secrets.is_empty() {
            true => Some(("has no secret", "give it one, or leave it out")),
            false => problem,
        };
        if let Some((problem, hint)) = problem {
            return Err(Error::Key {
                name: config.name,
                problem,
                hint,
            });
        }
        let digest = |secret: &Secret| Sha256::digest(secret.expose()).into();
        Ok(Key {
            digests: config.secrets.iter().map(digest).collect(),
            rates: Rates::new(&config.rates, Instant::now().into_std())
                .map(|rates| Arc::new(Mutex::new(rates))),
            limits: config.rates,
            budget: config.budget,
            spending: Arc::default(),
            models: config.models.iter().map(ModelPattern::new).collect(),
            name: config.name.into(),
        })
    }

    /// What its bearer is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same, for calls that are made on its bearer's behalf: what is kept for one of these names is
    /// never given to another.
    pub fn caller(&self) -> Arc<str> {
        self.name.clone()
    }

    /// Patterns of the models that it may use.
    pub fn models(&self) -> Vec<String> {
        self.models.iter().map(|it| it.as_str().into()).collect()
    }

    /// What it may ask for in a minute.
    pub fn limits(&self) -> &RateLimits {
        &self.limits
    }

    /// What is left of that, requests and tokens; `None` where it is not limited.
    pub fn left(&self) -> (Option<u32>, Option<u32>) {
        let Some(rates) = &self.rates else {
            return (None, None);
        };
        let rates = rates.lock().unwrap_or_else(PoisonError::into_inner);
        rates.left(Instant::now().into_std())
    }

    /// The same, for whoever keeps it.
    pub fn shared_name(&self) -> &Arc<str> {
        &self.name
    }

    /// Whether it may use some model of a provider.
    pub fn allows_some_of(&self, provider: &str) -> bool {
        let beginning = format!("{provider}/");
        self.models
            .iter()
            .any(|pattern| pattern.may_match_below(&beginning))
    }

    /// Whether it may use a model.
    pub fn allows(&self, model: &str) -> bool {
        self.models.iter().any(|pattern| pattern.matches(model))
    }
}

/// What is wrong with a secret, and what would be right.
pub fn problem(secret: &str) -> Option<(&'static str, &'static str)> {
    match secret {
        "" => Some(("is empty", "the variable or file it comes from may be")),
        secret if !secret.bytes().all(|byte| byte.is_ascii_graphic()) => Some((
            "has characters that no header carries",
            "use letters, digits and punctuation of ASCII; check for a line break at its end",
        )),
        _ => None,
    }
}

/// What stands where keys stand: both kinds of clients are answered on all paths.
fn presented(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let bearer = headers
        .get_all(AUTHORIZATION)
        .into_iter()
        .filter_map(bearer);
    let plain = headers
        .get_all(API_KEY)
        .into_iter()
        .map(HeaderValue::as_bytes);
    bearer.chain(plain)
}

/// What is counted or kept for a bearer goes by the name.
fn check_names(keys: &[KeyConfig]) -> Result<(), Error> {
    let mut names: Vec<&str> = keys.iter().map(|key| key.name.as_str()).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        None => Ok(()),
        Some(pair) => Err(Error::Key {
            name: pair[0].into(),
            problem: "has the name of another one",
            hint: "give each a name of its own; one key may have several secrets",
        }),
    }
}

/// The secret of an `authorization` header, where it is of that scheme.
pub fn bearer(value: &HeaderValue) -> Option<&[u8]> {
    let (scheme, secret) = value.as_bytes().split_at_checked(7)?;
    scheme
        .eq_ignore_ascii_case(b"bearer ")
        .then(|| secret.trim_ascii())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn found(headers: &[(&'static str, &'static str)]) -> Result<String, FailureKind> {
        let keys = Keys::new(vec![
            KeyConfig::new("old", "tg-old"),
            KeyConfig::new("new", "tg-new").models(["openai/*"]),
        ]);
        let headers = headers.iter().map(|(name, value)| {
            let name = http::HeaderName::from_static(name);
            (name, HeaderValue::from_static(value))
        });
        let key = keys.unwrap().find(&headers.collect());
        key.map(|key| key.unwrap().name().into())
            .map_err(|failure| failure.kind)
    }

    #[test]
    fn every_key_is_found_in_both_headers() {
        assert_eq!(found(&[("authorization", "Bearer tg-old")]).unwrap(), "old");
        assert_eq!(
            found(&[("authorization", "bearer  tg-new")]).unwrap(),
            "new"
        );
        assert_eq!(found(&[("x-api-key", "tg-new")]).unwrap(), "new");
        let both = [("authorization", "Bearer other"), ("x-api-key", "tg-old")];
        assert_eq!(found(&both).unwrap(), "old");
    }

    #[test]
    fn anything_else_is_no_key() {
        for headers in [
            &[][..],
            &[("authorization", "Bearer tg-ol")],
            &[("authorization", "Bearer tg-old2")],
            &[("authorization", "Basic tg-old")],
            &[("authorization", "tg-old")],
            &[("x-api-key", "")],
        ] {
            assert_eq!(found(headers), Err(FailureKind::Key), "{headers:?}");
        }
    }

    #[test]
    fn nobody_has_the_name_of_another() {
        let keys = ["a", "b", "a"].map(|name| KeyConfig::new(name, format!("tg-{name}")));
        assert!(Keys::new(keys.to_vec()).is_err());
        assert!(Keys::new(keys[..2].to_vec()).is_ok());
    }

    #[test]
    fn keys_that_cannot_be_sent_are_refused() {
        for secret in ["", "two words", "line\n"] {
            assert!(Keys::new(vec![KeyConfig::new("a", secret)]).is_err());
        }
    }
}
