//! The refusal of a request: the operator's sentence, with the line that would allow it, and the guest's bare code.

use std::error::Error;
use std::fmt;

use crate::address::AddressDenied;
use crate::origin::Scheme;
use crate::pattern::{Mismatch, Pattern};
use crate::target::Target;

/// A request that the grant does not allow. The operator must act, or the provider ask for less.
///
/// Prints for the operator; the guest is given [`Denied::code`] alone, because a sentence that tells
/// "no such host here" from "that address is private" would let a guest map the network it is kept from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied(Box<Details>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Details {
    provider: Option<String>,
    target: Target,
    granted: Vec<String>,
    reason: Reason,
    /// The pattern that would allow it. `None` where no line can.
    line: Option<Pattern>,
}

/// Why a request was denied.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The grant has no lines.
    NothingGranted,
    /// No line allows it; what the nearest one differs in.
    NoRule(Mismatch),
    /// A line allows it, but the host resolved to an address that may not be dialled.
    Address(AddressDenied),
}

impl Denied {
    pub(crate) fn by_rules<'a, I>(target: &Target, patterns: I) -> Denied
    where
        I: Iterator<Item = &'a Pattern> + Clone,
    {
        let granted = patterns.clone().map(Pattern::to_string).collect();
        // The nearest miss is the line that the operator most likely meant to cover this.
        let nearest = patterns
            .filter_map(|pattern| Some((pattern.mismatch(target)?, pattern)))
            .max_by_key(|(mismatch, _)| *mismatch);
        let (reason, line) = match nearest {
            None => (Reason::NothingGranted, Pattern::whole_origin(target)),
            Some((mismatch, pattern)) => {
                let line = match mismatch {
                    Mismatch::Host | Mismatch::Scheme | Mismatch::Port => {
                        Pattern::whole_origin(target)
                    }
                    Mismatch::Path => pattern.with_path(target),
                    Mismatch::Method => pattern.with_method(target.method()),
                };
                (Reason::NoRule(mismatch), line)
            }
        };
        Denied(Box::new(Details {
            provider: None,
            target: target.clone(),
            granted,
            reason,
            line: Some(line),
        }))
    }

    pub(crate) fn by_address<'a>(
        target: &Target,
        patterns: impl Iterator<Item = &'a Pattern>,
        address: AddressDenied,
    ) -> Denied {
        Denied(Box::new(Details {
            provider: None,
            target: target.clone(),
            granted: patterns.map(Pattern::to_string).collect(),
            reason: Reason::Address(address),
            line: None,
        }))
    }

    /// The same, with the name that the provider has in the configuration.
    pub fn for_provider(mut self, name: impl Into<String>) -> Denied {
        self.0.provider = Some(name.into());
        self
    }

    /// What the guest is told, by the name it has in `wasi:http`'s `error-code`; the same for every reason.
    pub fn code(&self) -> &'static str {
        "HTTP-request-denied"
    }

    /// Why.
    pub fn reason(&self) -> &Reason {
        &self.0.reason
    }

    /// What was wanted.
    pub fn target(&self) -> &Target {
        &self.0.target
    }

    /// The lines that are granted.
    pub fn granted(&self) -> &[String] {
        &self.0.granted
    }

    /// The line that would allow it; none where an address was refused, for which [`Reason::Address`] has the hint.
    pub fn line(&self) -> Option<&Pattern> {
        self.0.line.as_ref()
    }
}

impl Error for Denied {}

impl fmt::Display for Denied {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Details {
            provider,
            target,
            granted,
            reason,
            line,
        } = &*self.0;
        match provider {
            Some(name) => write!(formatter, "provider `{name}` may not ")?,
            None => formatter.write_str("this provider may not ")?,
        }
        match reason {
            Reason::NoRule(Mismatch::Method) => {
                write!(
                    formatter,
                    "send `{}` to `{}`",
                    target.method(),
                    target.without_query()
                )?;
            }
            Reason::NoRule(Mismatch::Path) => {
                write!(formatter, "reach `{}`", target.without_query())?
            }
            Reason::NothingGranted | Reason::NoRule(_) => {
                write!(formatter, "reach `{}`", target.origin())?
            }
            Reason::Address(address) => {
                write!(formatter, "reach `{}`: {address}", target.origin())?
            }
        }
        write_granted(formatter, granted)?;
        let key = match provider {
            Some(name) => format!("`providers.{name}.allow` in `tidegate.toml`"),
            None => "its `allow`".to_owned(),
        };
        match (reason, line) {
            (Reason::Address(address), _) => write!(formatter, "\nhint: {}", address.hint()),
            (Reason::NoRule(Mismatch::Scheme), Some(line)) if target.scheme() == Scheme::Http => {
                write!(
                    formatter,
                    "\nhint: use `https`; or, to allow it without encryption, add `{line}` to {key}"
                )
            }
            (_, Some(line)) => write!(formatter, "\nhint: to allow it, add `{line}` to {key}"),
            (_, None) => Ok(()),
        }
    }
}

/// One line each, as long ones would not be read side by side.
fn write_granted(formatter: &mut fmt::Formatter<'_>, granted: &[String]) -> fmt::Result {
    if granted.is_empty() {
        return formatter.write_str("\n  granted: nothing");
    }
    for (index, line) in granted.iter().enumerate() {
        let label = if index == 0 { "granted:" } else { "        " };
        write!(formatter, "\n  {label} `{line}`")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
