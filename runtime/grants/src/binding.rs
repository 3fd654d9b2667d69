//! Where a secret may go: the origins that it is bound to.
//!
//! A grant says what a provider may reach, and a binding says where its credential may. By default they
//! are the same; `to = […]` keeps a key from the other origins that one provider needs (a file store, a tracker).

use std::fmt;

use thiserror::Error;

use crate::pattern::{OriginPattern, PatternError};
use crate::target::Target;

/// The name of one provider's secret, and where the host attaches it. The secret itself stands beside it,
/// because not every one is a text.
#[derive(Debug, Clone)]
pub struct Binding {
    name: String,
    origins: Vec<OriginPattern>,
}

/// A `to` that cannot be kept. The operator must act.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BindingError {
    /// Not an origin.
    #[error("`to` of the secret `{secret}`: {error}")]
    Origin {
        /// The name of the secret.
        secret: String,
        /// What is wrong with it.
        error: Box<PatternError>,
    },
    /// An origin that the provider may not reach. `to` narrows; it must not look as if it granted.
    #[error(
        "the secret `{secret}` is bound to `{origin}`, which is not granted\n  granted: {granted}\nhint: `to` can only narrow `allow`; add `{origin}/*` to `allow` first"
    )]
    NotGranted {
        /// The name of the secret.
        secret: String,
        /// The origin in `to`.
        origin: OriginPattern,
        /// What is granted, ready to print.
        granted: String,
    },
    /// A plain-text origin that is not this machine.
    #[error(
        "the secret `{secret}` is bound to `{origin}`, where anyone on the way could read it\nhint: use `https`; plain `http` is for loopback addresses and `localhost`"
    )]
    PlainHttp {
        /// The name of the secret.
        secret: String,
        /// The origin in `to`.
        origin: OriginPattern,
    },
}

impl Binding {
    /// Binds a secret to `origins`, which are [`Grant::origins`](crate::Grant::origins) unless narrowed.
    pub fn new(name: impl Into<String>, origins: Vec<OriginPattern>) -> Binding {
        Binding {
            name: name.into(),
            origins,
        }
    }

    /// The same secret, bound to no more than the origins in `to`. An empty `to` binds it nowhere.
    ///
    /// ```
    /// use tidegate_grants::{Binding, Grant};
    ///
    /// let grant = Grant::parse(["https://api.example.com/*", "https://files.example.com/*"])?;
    /// let binding = Binding::new("api-key", grant.origins());
    /// assert!(binding.clone().narrowed(["https://api.example.com"]).is_ok());
    /// assert!(binding.narrowed(["https://evil.example"]).is_err());
    /// # Ok::<(), tidegate_grants::PatternError>(())
    /// ```
    pub fn narrowed<I>(mut self, to: I) -> Result<Binding, BindingError>
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let mut origins = Vec::new();
        for origin in to {
            origins.push(self.narrow_to(origin.as_ref())?);
        }
        self.origins = origins;
        Ok(self)
    }

    fn narrow_to(&self, origin: &str) -> Result<OriginPattern, BindingError> {
        let secret = self.name.clone();
        let origin: OriginPattern = match origin.parse() {
            Ok(origin) => origin,
            Err(error) => {
                let error = Box::new(error);
                return Err(BindingError::Origin { secret, error });
            }
        };
        if !self.origins.iter().any(|granted| granted.covers(&origin)) {
            return Err(BindingError::NotGranted {
                secret,
                origin,
                granted: listed(&self.origins),
            });
        }
        if !origin.is_confidential() {
            return Err(BindingError::PlainHttp { secret, origin });
        }
        Ok(origin)
    }

    /// Whether a request to `target` carries the secret. Never over plain http, except on this machine.
    ///
    /// The scheme is asked again although `to` was checked: the origins of a grant may be plain http, and
    /// a request there is allowed, only without the secret.
    pub fn attaches_to(&self, target: &Target) -> bool {
        self.origins
            .iter()
            .any(|origin| origin.is_confidential() && origin.matches(target.origin()))
    }

    /// Origins that are bound but get no secret, because they are plain http: worth a warning at start-up.
    pub fn withheld_from(&self) -> impl Iterator<Item = &OriginPattern> {
        self.origins.iter().filter(|it| !it.is_confidential())
    }

    /// The secret's name in the configuration.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The origins it is bound to.
    pub fn origins(&self) -> &[OriginPattern] {
        &self.origins
    }
}

fn listed(items: &[impl fmt::Display]) -> String {
    if items.is_empty() {
        return "nothing".to_owned();
    }
    let quoted: Vec<String> = items.iter().map(|item| format!("`{item}`")).collect();
    quoted.join(", ")
}

#[cfg(test)]
#[expect(
    clippy::unwrap_used,
    reason = "a test that cannot parse its own input should fail there"
)]
mod tests {
    use super::{Binding, BindingError};
    use crate::grant::Grant;
    use crate::target::Target;

    fn bind(lines: &[&str]) -> Binding {
        let grant = Grant::parse(lines).unwrap();
        Binding::new("api-key", grant.origins())
    }

    fn attaches(binding: &Binding, url: &str) -> bool {
        binding.attaches_to(&Target::parse("POST", url).unwrap())
    }

    #[test]
    fn a_secret_goes_to_granted_origins_only() {
        let binding = bind(&["GET https://a.example/v1/*", "https://*.b.example/*"]);
        for url in ["https://a.example/other", "https://c.b.example/"] {
            assert!(attaches(&binding, url), "{url}");
        }
        for url in [
            "https://a.example:8443/v1/",
            "http://a.example/v1/",
            "https://b.example/",
            "https://x.c.b.example/",
        ] {
            assert!(!attaches(&binding, url), "{url}");
        }
    }

    #[test]
    fn plain_http_carries_a_secret_on_this_machine_only() {
        let lines = [
            "http://10.0.0.1/*",
            "http://a.example/*",
            "http://localhost/*",
            "http://127.0.0.1:1/*",
            "http://[::1]/*",
        ];
        let binding = bind(&lines);
        for url in ["http://localhost/", "http://127.0.0.1:1/", "http://[::1]/"] {
            assert!(attaches(&binding, url), "{url}");
        }
        for url in ["http://10.0.0.1/", "http://a.example/"] {
            assert!(!attaches(&binding, url), "{url}");
        }
        let withheld: Vec<String> = binding.withheld_from().map(ToString::to_string).collect();
        assert_eq!(withheld, ["http://10.0.0.1", "http://a.example"]);
    }

    #[test]
    fn to_narrows_and_never_widens() {
        let binding = bind(&[
            "https://a.example/*",
            "https://*.b.example/*",
            "http://c.example/*",
        ]);
        let narrowed = binding.clone().narrowed(["https://x.b.example/*"]).unwrap();
        assert!(attaches(&narrowed, "https://x.b.example/"));
        assert!(!attaches(&narrowed, "https://a.example/"));
        assert!(!attaches(
            &binding.clone().narrowed([""; 0]).unwrap(),
            "https://a.example/"
        ));
        assert_eq!(
            binding
                .clone()
                .narrowed(["https://d.example"])
                .unwrap_err()
                .to_string(),
            "the secret `api-key` is bound to `https://d.example`, which is not granted\n  \
               granted: `https://a.example`, `https://*.b.example`, `http://c.example`\n\
             hint: `to` can only narrow `allow`; add `https://d.example/*` to `allow` first"
        );
        let plain = binding.clone().narrowed(["http://c.example"]);
        assert!(matches!(plain, Err(BindingError::PlainHttp { .. })));
        let path = binding.narrowed(["https://a.example/v1/*"]);
        assert!(matches!(path, Err(BindingError::Origin { .. })));
    }
}
