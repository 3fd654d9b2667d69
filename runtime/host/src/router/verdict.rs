//! What one failure means: the table of `mod.rs`, row by row.

use crate::error::{Error, Fault};
use crate::types::ErrorKind;

/// What a failure means for the call, for the breaker and for a new version.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Verdict {
    /// Whether and where the call is tried again.
    pub(crate) next: Next,
    /// Whether it counts towards opening the breaker.
    pub(crate) trips: bool,
    /// Whether it speaks against a version that has just been swapped in.
    pub(crate) discredits: bool,
}

/// Where a call that failed is tried again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Next {
    /// Nowhere: every provider would refuse it.
    Nowhere,
    /// With another target.
    Elsewhere,
    /// With another target, or the same one later.
    Anywhere,
}

impl Verdict {
    /// What an error means.
    pub(crate) fn of(error: &Error) -> Verdict {
        let anywhere = match error.is_retryable() {
            true => Next::Anywhere,
            false => Next::Elsewhere,
        };
        let verdict = |next, trips, discredits| Verdict {
            next,
            trips,
            discredits,
        };
        let error = match error {
            Error::Provider(error) => error,
            Error::Guest { fault, .. } => {
                return match fault {
                    Fault::Timeout(_) => verdict(Next::Anywhere, true, false),
                    Fault::PoolFull | Fault::BuffersFull => verdict(Next::Anywhere, false, false),
                    _ => verdict(Next::Elsewhere, false, true),
                };
            }
            Error::Busy { .. } | Error::RateLimited { .. } => {
                return verdict(Next::Anywhere, false, false);
            }
            Error::Resting { .. } | Error::Withdrawn { .. } | Error::UnknownProvider { .. } => {
                return verdict(Next::Elsewhere, false, false);
            }
            Error::Load(_)
            | Error::Config { .. }
            | Error::Wants { .. }
            | Error::BareModel { .. }
            | Error::Ended { .. } => {
                return verdict(Next::Nowhere, false, false);
            }
        };
        match error.kind {
            ErrorKind::ContextLengthExceeded | ErrorKind::ContentFiltered => {
                verdict(Next::Nowhere, false, false)
            }
            ErrorKind::InvalidRequest if anywhere == Next::Elsewhere => {
                verdict(Next::Nowhere, false, false)
            }
            ErrorKind::InvalidRequest
            | ErrorKind::Unauthorized
            | ErrorKind::Forbidden
            | ErrorKind::NotFound
            | ErrorKind::Unsupported
            | ErrorKind::QuotaExceeded
            | ErrorKind::Denied
            | ErrorKind::RateLimited => verdict(anywhere, false, false),
            ErrorKind::Unreachable | ErrorKind::Overloaded | ErrorKind::Timeout => {
                verdict(anywhere, true, false)
            }
            ErrorKind::Upstream => {
                let makes_sense = error.status.is_some_and(|status| status >= 300);
                verdict(anywhere, true, !makes_sense)
            }
            ErrorKind::Internal => verdict(anywhere, false, true),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::standing::Standing;
    use crate::types;

    fn answered(kind: ErrorKind, status: impl Into<Option<u16>>) -> Error {
        Error::Provider(types::Error {
            status: status.into(),
            ..types::Error::new(kind, "test")
        })
    }

    fn host(name: &str) -> Error {
        let provider = "test".to_owned();
        match name {
            "busy" => Error::Busy {
                provider,
                what: "",
                limit: "",
            },
            "rate-limited" => Error::RateLimited {
                provider,
                what: "requests",
                limit: 1,
                retry_after: Duration::ZERO,
            },
            "resting" => Error::Resting {
                provider,
                failures: 5,
                retry_after: Duration::ZERO,
            },
            "withdrawn" => Error::Withdrawn {
                provider,
                standing: Standing::Disabled,
            },
            "ended" => Error::Ended { provider },
            _ => Error::UnknownProvider {
                name: provider,
                suggestion: None,
            },
        }
    }

    #[test]
    fn the_table() {
        use ErrorKind::*;
        use Next::*;
        let guest = |fault| Error::guest("test", fault);
        let table = [
            (answered(InvalidRequest, 400), Nowhere, false, false),
            (answered(InvalidRequest, None), Nowhere, false, false),
            (answered(InvalidRequest, 409), Anywhere, false, false),
            (answered(ContextLengthExceeded, 400), Nowhere, false, false),
            (answered(ContextLengthExceeded, 500), Nowhere, false, false),
            (answered(ContentFiltered, 400), Nowhere, false, false),
            (answered(Unauthorized, 401), Elsewhere, false, false),
            (answered(Forbidden, 403), Elsewhere, false, false),
            (answered(NotFound, 404), Elsewhere, false, false),
            (answered(NotFound, 503), Anywhere, false, false),
            (answered(Unsupported, None), Elsewhere, false, false),
            (answered(QuotaExceeded, 429), Elsewhere, false, false),
            (answered(Denied, None), Elsewhere, false, false),
            (answered(Unreachable, None), Elsewhere, true, false),
            (answered(RateLimited, 429), Anywhere, false, false),
            (answered(Overloaded, 503), Anywhere, true, false),
            (answered(Timeout, 408), Anywhere, true, false),
            (answered(Upstream, 500), Anywhere, true, false),
            (answered(Upstream, 302), Elsewhere, true, false),
            (answered(Upstream, 200), Anywhere, true, true),
            (answered(Upstream, None), Anywhere, true, true),
            (answered(Internal, None), Elsewhere, false, true),
            (guest(Fault::Trap("test".into())), Elsewhere, false, true),
            (guest(Fault::Memory(1)), Elsewhere, false, true),
            (
                guest(Fault::Contract("test".into())),
                Elsewhere,
                false,
                true,
            ),
            (guest(Fault::Timeout(Duration::ZERO)), Anywhere, true, false),
            (guest(Fault::PoolFull), Anywhere, false, false),
            (host("busy"), Anywhere, false, false),
            (host("rate-limited"), Anywhere, false, false),
            (host("resting"), Elsewhere, false, false),
            (host("withdrawn"), Elsewhere, false, false),
            (host("ended"), Nowhere, false, false),
            (host("removed"), Elsewhere, false, false),
        ];
        for (error, next, trips, discredits) in table {
            let expected = Verdict {
                next,
                trips,
                discredits,
            };
            assert_eq!(Verdict::of(&error), expected, "{error:?}");
        }
    }
}
