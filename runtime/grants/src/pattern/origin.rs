//! The origin part of a pattern, in which the leftmost label may be `*`.

use std::fmt;
use std::str::FromStr;

use crate::host::Host;
use crate::origin::{Origin, OriginError, Scheme, Split, split, write_origin};
use crate::pattern::error::{PatternError, PatternProblem, explain_origin};
use crate::pattern::mismatch::Mismatch;

/// Scheme, host or hosts, and port: what a secret is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OriginPattern {
    scheme: Scheme,
    host: HostPattern,
    port: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum HostPattern {
    Exactly(Host),
    /// One label before this name, which is stored with its leading dot.
    LabelBefore(String),
}

impl OriginPattern {
    /// Whether `origin` is meant.
    pub fn matches(&self, origin: &Origin) -> bool {
        self.mismatch(origin).is_none()
    }

    /// Whether every origin that `other` means is meant by this one too.
    pub fn covers(&self, other: &OriginPattern) -> bool {
        let host = match &other.host {
            HostPattern::Exactly(host) => self.host.matches(host),
            wildcard => self.host == *wildcard,
        };
        host && self.scheme == other.scheme && self.port == other.port
    }

    /// Whether requests there are encrypted, or never leave this machine.
    pub fn is_confidential(&self) -> bool {
        match (&self.scheme, &self.host) {
            (Scheme::Https, _) => true,
            (Scheme::Http, HostPattern::Exactly(host)) => host.is_loopback(),
            (Scheme::Http, HostPattern::LabelBefore(_)) => false,
        }
    }

    pub(crate) fn host(&self) -> &HostPattern {
        &self.host
    }

    pub(crate) fn exactly(origin: &Origin) -> OriginPattern {
        OriginPattern {
            scheme: origin.scheme,
            host: HostPattern::Exactly(origin.host.clone()),
            port: origin.port,
        }
    }

    pub(crate) fn mismatch(&self, origin: &Origin) -> Option<Mismatch> {
        if !self.host.matches(&origin.host) {
            Some(Mismatch::Host)
        } else if self.scheme != origin.scheme {
            Some(Mismatch::Scheme)
        } else if self.port != origin.port {
            Some(Mismatch::Port)
        } else {
            None
        }
    }

    pub(crate) fn from_split(split: &Split<'_>) -> Result<OriginPattern, PatternProblem> {
        Ok(OriginPattern {
            scheme: split.scheme,
            host: HostPattern::parse(split.host)?,
            port: split.port,
        })
    }
}

impl HostPattern {
    fn parse(text: &str) -> Result<HostPattern, PatternProblem> {
        let name = match text.strip_prefix("*.") {
            None if text == "*" => return Err(PatternProblem::AnyHost),
            None if text.contains('*') => return Err(PatternProblem::WildcardPlace),
            None => {
                return Ok(HostPattern::Exactly(
                    Host::parse(text).map_err(OriginError::from)?,
                ));
            }
            Some(name) => name,
        };
        if name.contains('*') {
            return Err(PatternProblem::WildcardPlace);
        }
        match Host::parse(name).map_err(OriginError::from)? {
            // A single label is a public suffix (`com`) or a network's own; everybody may have a name below it.
            Host::Name(name) if !name.contains('.') => Err(PatternProblem::WildcardTooBroad(name)),
            Host::Name(name) => Ok(HostPattern::LabelBefore(format!(".{name}"))),
            Host::V4(_) | Host::V6(_) => Err(PatternProblem::WildcardAddress),
        }
    }

    fn matches(&self, host: &Host) -> bool {
        match (self, host) {
            (HostPattern::Exactly(named), host) => named == host,
            (HostPattern::LabelBefore(suffix), Host::Name(name)) => name
                .strip_suffix(suffix.as_str())
                .is_some_and(|label| !label.is_empty() && !label.contains('.')),
            (HostPattern::LabelBefore(_), Host::V4(_) | Host::V6(_)) => false,
        }
    }
}

impl FromStr for OriginPattern {
    type Err = PatternError;

    /// Reads `https://api.example.com`, also with `/` or `/*` behind it; a longer path is an error, because
    /// it would look as if the secret were withheld from other paths.
    fn from_str(text: &str) -> Result<OriginPattern, PatternError> {
        let parse = || {
            let split = split(text).map_err(|problem| explain_origin(problem, text))?;
            let origin = OriginPattern::from_split(&split)?;
            match split.tail {
                "" | "/" | "/*" => Ok(origin),
                _ => Err(PatternProblem::PathInOrigin(origin.to_string())),
            }
        };
        parse().map_err(|problem| PatternError::new(text, problem))
    }
}

impl fmt::Display for OriginPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_origin(formatter, self.scheme, &self.host, self.port)
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HostPattern::Exactly(host) => write!(formatter, "{host}"),
            HostPattern::LabelBefore(suffix) => write!(formatter, "*{suffix}"),
        }
    }
}
