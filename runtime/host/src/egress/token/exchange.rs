//! An exchange with a token endpoint: sent as everything is, and what comes of it.
//!
//! What went wrong is said twice: in a few words to the guest, and so to whoever called, and whole to
//! the operator, who can do something about it.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use futures::future::BoxFuture;
use serde::Deserialize;
use tidegate_grants::Secret;
use tokio::time::timeout;

use crate::egress::credential::{Place, disguises};
use crate::egress::mask::Mask;
use crate::egress::token::cache::{Issued, Token};
use crate::egress::token::lifetime::Lifetime;
use crate::egress::token::{From, PATIENCE, TokenSource};
use crate::egress::{Answer, Egress};
use crate::printable::excerpt;
use crate::types::{FetchFailure, FetchFailureKind, Header};

/// Clocks that differ by more make assertions invalid.
const SKEW: Duration = Duration::from_secs(60);

/// What a token endpoint says, of RFC 6749, sections 5.1 and 5.2.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Said {
    access_token: Option<String>,
    token_type: Option<String>,
    expires_in: Option<Seconds>,
    error: Option<String>,
    error_description: Option<String>,
}

/// A number, which some servers write as a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Seconds {
    Number(f64),
    Text(String),
}

impl Seconds {
    fn whole(&self) -> Option<u64> {
        match self {
            Seconds::Number(number) if *number >= 0.0 => Some(*number as u64),
            Seconds::Number(_) => None,
            Seconds::Text(text) => text.trim().parse().ok(),
        }
    }
}

impl Egress {
    /// The current token of a source, or a new one.
    pub(in crate::egress) fn token<'a>(
        &'a self,
        source: &'a TokenSource,
        request_id: &'a Arc<str>,
    ) -> BoxFuture<'a, Issued> {
        Box::pin(source.cache.get(move || {
            let exchange = async move {
                match timeout(PATIENCE, self.exchange(source, request_id)).await {
                    Ok(issued) => issued,
                    Err(_) => Err(source.failed(
                        FetchFailureKind::Timeout,
                        format!("did not answer within {PATIENCE:?}"),
                    )),
                }
            };
            Box::pin(exchange)
        }))
    }

    async fn exchange(&self, source: &TokenSource, request_id: &Arc<str>) -> Issued {
        let (now, asked) = (SystemTime::now(), Instant::now());
        let outbound = source.request(now).map_err(|problem| {
            source.failed(
                FetchFailureKind::InvalidRequest,
                format!("cannot be asked: {problem}"),
            )
        })?;
        let sent = Box::pin(self.send(&source.access, request_id, outbound)).await;
        let mut answer = sent.map_err(|failure| source.unsent(failure))?;
        let mut body = Vec::new();
        while let Some(piece) = answer
            .chunk()
            .await
            .map_err(|failure| source.unsent(failure))?
        {
            body.extend_from_slice(&piece);
        }
        let said: Said = serde_json::from_slice(&body).unwrap_or_default();
        match answer.status() {
            200..=299 => source.accept(said, asked),
            status => Err(source.refused(status, &said, skew(now, &answer))),
        }
    }
}

impl TokenSource {
    /// A token lives from when it was asked for: its answer may have been long on its way.
    fn accept(&self, said: Said, asked: Instant) -> Issued {
        let malformed = |what: &str| self.failed(FetchFailureKind::Malformed, what.into());
        let token = said
            .access_token
            .filter(|token| !token.is_empty())
            .map(Secret::new)
            .ok_or_else(|| malformed("answered without an `access_token`"))?;
        if let Some(kind) = &said.token_type
            && !kind.eq_ignore_ascii_case("bearer")
        {
            let kind = excerpt(kind);
            return Err(malformed(&format!(
                "gave a token of the type `{kind}`, not `Bearer`"
            )));
        }
        let place = Place::new(&self.credential, &self.placement, &token);
        let Ok(Some(place)) = place else {
            return Err(malformed("gave a token that cannot be sent"));
        };
        let seconds = said.expires_in.and_then(|it| it.whole());
        Ok(Arc::new(Token {
            place,
            mask: Mask::new(disguises(token.expose())),
            lifetime: Lifetime::new(asked, seconds),
        }))
    }

    /// An answer that is an error. `skew` is how far this machine's clock is ahead of the server's.
    fn refused(&self, status: u16, said: &Said, skew: Option<f64>) -> FetchFailure {
        let code = said.error.as_deref().unwrap_or_default();
        let code = match is_code(code) {
            true => format!("`{code}`"),
            false => format!("status {status}"),
        };
        let description = match said.error_description.as_deref() {
            Some(description) => format!(": {}", excerpt(description)),
            None => String::new(),
        };
        // Nothing is wrong with the credential: the server cannot say now.
        let (kind, verb) = match status {
            429 | 500.. => (FetchFailureKind::Unreachable, "has no token"),
            _ => (FetchFailureKind::Unauthorized, "gives no token"),
        };
        let (credential, provider) = (&self.credential, &self.access.provider);
        let url = &self.endpoint.url;
        let hint = match (kind, skew) {
            (FetchFailureKind::Unreachable, _) => {
                "the token endpoint is not well; try again later".into()
            }
            (_, Some(skew)) => format!(
                "this machine's clock is {:.0} s {} the server's: set it right",
                skew.abs(),
                if skew > 0.0 { "ahead of" } else { "behind" }
            ),
            (_, None) => self.from.hint(&code).into(),
        };
        tracing::warn!(
            target: "tidegate::egress",
            "provider `{provider}` gets no token for its credential `{credential}`: `{url}` says {code} (status {status}){description}\nhint: {hint}"
        );
        FetchFailure {
            kind,
            message: format!(
                "`{}` {verb} for the credential `{credential}`: {code}",
                self.origin()
            ),
        }
    }

    /// An exchange that was not sent, or not answered.
    fn unsent(&self, failure: FetchFailure) -> FetchFailure {
        match failure.kind {
            // The operator has the sentence; the guest is not to know where names lead.
            FetchFailureKind::Denied => failure,
            kind => self.failed(kind, format!("gave no token: {}", failure.message)),
        }
    }

    fn failed(&self, kind: FetchFailureKind, what: String) -> FetchFailure {
        let (credential, provider) = (&self.credential, &self.access.provider);
        let url = &self.endpoint.url;
        tracing::warn!(
            target: "tidegate::egress",
            "provider `{provider}` gets no token for its credential `{credential}`: `{url}` {what}"
        );
        FetchFailure {
            kind,
            message: format!(
                "no token for the credential `{credential}`: `{}` {what}",
                self.origin()
            ),
        }
    }

    fn origin(&self) -> String {
        let origins = self.endpoint.grant.origins();
        origins.first().map(ToString::to_string).unwrap_or_default()
    }
}

impl From {
    /// What most likely is to be done about a refusal.
    fn hint(&self, code: &str) -> &'static str {
        match (self, code) {
            (From::Assertion(_), "`invalid_grant`") => {
                "the key of the service account may have been deleted, or have expired: make a new one; or this machine's clock is wrong"
            }
            (From::Assertion(_), _) => {
                "compare the service account's file and `scope` with what the cloud's console shows"
            }
            (From::Client(_), "`invalid_client`" | "`unauthorized_client`") => {
                "the `client-secret` may have expired, or `client-id` is another one's; some servers want `client-authentication = \"post\"`"
            }
            (From::Client(_), "`invalid_scope`") => "compare `scope` with what the server knows",
            (From::Client(_), _) => {
                "compare `client-id`, `client-secret`, `scope` and `audience` with what the server was told"
            }
        }
    }
}

/// The codes of RFC 6749 are words; anything else is not repeated.
fn is_code(code: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    (1..=64).contains(&code.len()) && code.bytes().all(is_plain)
}

/// By how many seconds this machine's clock is ahead, where that is too many.
fn skew(sent: SystemTime, answer: &Answer) -> Option<f64> {
    let headers = answer.headers();
    let date = headers.iter().find(|Header { name, .. }| name == "date")?;
    let theirs = httpdate::parse_http_date(&date.value).ok()?;
    let ahead = match sent.duration_since(theirs) {
        Ok(ahead) => ahead.as_secs_f64(),
        Err(behind) => -behind.duration().as_secs_f64(),
    };
    (ahead.abs() > SKEW.as_secs_f64()).then_some(ahead)
}
