//! The only way out. One function serves the `fetch` action and guests that drive `wasi:http`.
//!
//! In this order: the grant, the address, the secret, the pooled client, the record. A guest learns
//! a bare code of a denial; the operator reads the whole sentence in the log and the audit record.

mod way_out;
mod token;
mod access;
mod route;
mod answer;
mod client;
mod body;
mod load;
mod lane;
mod connect;
mod tls;
mod credential;
mod mask;
mod resolver;

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::header::{ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use http::{Method, Request, StatusCode, Uri};
use tidegate_grants::{AddressDenied, Denied, HeaderLimits, Host, Target, check_headers};
use tokio::time::timeout;

pub(crate) use access::Access;
pub(crate) use answer::Answer;
use answer::Head;
pub use client::ClientConfig;
pub use credential::check_secret;
pub(crate) use credential::{Credential, check_hmac};
pub use resolver::Resolver;
pub(crate) use resolver::SystemResolver;
pub(crate) use token::Owner;
pub(crate) use way_out::WayOut;

use crate::audit::{AuditRecord, Books, Outcome, Pending};
use crate::error::Result;
use crate::printable::excerpt;
use crate::tap::{Tap, Tapped};
use crate::types::{FetchFailure, FetchFailureKind, FetchLimits, Header};
use client::{ClientError, Clients};
use mask::Mask;
use resolver::Refused;
use route::Route;

/// What a guest is told when it is refused: all that it needs to know.
const DENIED: &str = "HTTP-request-denied";

/// The way out, shared by all providers.
pub(crate) struct Egress {
    clients: Clients,
    audit: Books,
}

/// A request as a guest wants it.
pub(crate) struct Outbound {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<Header>,
    pub(crate) payload: Payload,
    /// The credential it names, if any.
    pub(crate) credential: Option<String>,
    pub(crate) limits: FetchLimits,
    /// Who listens.
    pub(crate) tap: Option<Tap>,
}

/// The body of a request.
pub(crate) enum Payload {
    /// There already.
    Ready(Bytes),
    /// To be gathered, which is not begun before the request is allowed.
    Arriving(BoxFuture<'static, std::result::Result<Bytes, FetchFailure>>),
}

impl Egress {
    pub(crate) fn new(
        resolver: Arc<dyn Resolver>,
        config: ClientConfig,
        audit: Books,
    ) -> Result<Self> {
        Ok(Egress {
            clients: Clients::new(resolver, config)?,
            audit,
        })
    }

    /// Sends a request and returns the head of its answer, the body to follow.
    async fn send(
        &self,
        access: &Access,
        request_id: &Arc<str>,
        outbound: Outbound,
    ) -> std::result::Result<Answer, FetchFailure> {
        let mut pending = Pending::new(
            AuditRecord {
                provider: access.provider.clone(),
                digest: access.digest,
                request_id: request_id.clone(),
                method: excerpt(&outbound.method),
                origin: String::new(),
                path: String::new(),
                status: None,
                credential: None,
                token_for: access.token_for.clone(),
                sent: 0,
                received: 0,
                duration: Duration::ZERO,
                outcome: Outcome::Abandoned,
            },
            self.audit.clone(),
        );
        let tap = outbound.tap.clone();
        let result = self
            .attempt(access, request_id, outbound, &mut pending)
            .await;
        match result {
            Ok(answer) => Ok(answer(pending)),
            Err(refusal) => {
                let failure = refusal.conclude(access, pending);
                if let Some(tap) = tap {
                    tap.tell(Tapped::Failed(failure.kind));
                }
                Err(failure)
            }
        }
    }

    async fn attempt(
        &self,
        access: &Access,
        request_id: &Arc<str>,
        outbound: Outbound,
        pending: &mut Pending,
    ) -> std::result::Result<impl FnOnce(Pending) -> Answer + use<>, Refusal> {
        let route = self.route(access, &outbound, pending)?;
        let first_byte = lower(access.limits.first_byte, outbound.limits.first_byte_ms);
        let too_late = |_| {
            Refusal::Failed(
                FetchFailureKind::Timeout,
                format!("the upstream did not answer within {first_byte:?}"),
            )
        };
        if let Host::Name(host) = route.target.host() {
            let checking = self.clients.check_for_proxy(host, route.policy);
            let checked = timeout(first_byte, checking).await.map_err(too_late)?;
            checked.map_err(|denied| Refusal::address(access, &route.target, denied))?;
        }
        let body = match outbound.payload {
            Payload::Ready(body) => body,
            Payload::Arriving(body) => body
                .await
                .map_err(|failure| Refusal::Failed(failure.kind, failure.message))?,
        };
        pending.record().sent = body.len() as u64;
        check_size(body.len(), access.limits.request)?;
        let headers = headers(&outbound.headers, access)?;
        if let Some(tap) = &outbound.tap {
            tap.tell(Tapped::Request {
                method: outbound.method.clone(),
                url: outbound.url.clone(),
                headers: outbound.headers.clone(),
                body: body.clone(),
            });
        }
        let mut request = Request::new(body);
        *request.method_mut() = route.method.clone();
        *request.uri_mut() = route.uri.clone();
        *request.headers_mut() = headers;
        let credential = access
            .credential(outbound.credential.as_deref())
            .map_err(Refusal::invalid)?
            .filter(|credential| credential.attaches_to(&route.target));
        let source = credential.and_then(Credential::tokens);
        let token = match source {
            Some(source) => Some(self.token(source, request_id).await?),
            None => None,
        };
        let (mut mask, mut key) = (access.mask(), None);
        if let Some(credential) = credential {
            let attached = credential
                .attach(&mut request, token.as_deref())
                .map_err(Refusal::invalid)?;
            pending.record().credential = Some(credential.label(attached.key).clone());
            mask = Mask::both(mask, attached.mask);
            key = attached.key;
        }
        let sending = route.client.send(request, &route.load);
        let response = timeout(first_byte, sending).await.map_err(too_late)?;
        let mut response =
            response.map_err(|error| Refusal::from_client(access, &route.target, &error))?;
        pending.record().status = Some(response.status().as_u16());
        if let (Some(source), Some(token), StatusCode::UNAUTHORIZED) =
            (source, &token, response.status())
        {
            source.reject(token);
        }
        if let (Some(credential), Some(key)) = (credential, key) {
            credential.heard(key, &mut response);
        }
        let limits = answer::Limits {
            idle: lower(access.limits.idle, outbound.limits.idle_ms),
            bytes: match outbound.limits.response_bytes {
                Some(bytes) => access.limits.response.min(bytes as usize),
                None => access.limits.response,
            },
        };
        let head = Head::check(response, header_limits(access))
            .map_err(|(kind, message)| Refusal::Failed(kind, message))?;
        let tap = outbound.tap;
        Ok(move |pending| Answer::new(head, mask, limits, tap, pending))
    }

    /// Checks method and URL against the grant, and the address where the URL names one. What has
    /// passed once passes again.
    fn route(
        &self,
        access: &Access,
        outbound: &Outbound,
        pending: &mut Pending,
    ) -> std::result::Result<Arc<Route>, Refusal> {
        let known = access.routes.find(&outbound.method, &outbound.url);
        if let Some(route) = known {
            pending.record().origin.clone_from(&route.origin);
            pending.record().path = route.target.path().into();
            return Ok(route);
        }
        let target = Target::parse(&outbound.method, &outbound.url)
            .map_err(|error| Refusal::invalid(error.to_string()))?;
        let origin = target.origin().to_string();
        pending.record().origin.clone_from(&origin);
        pending.record().path = target.path().into();
        let rule = access.grant.check(&target).map_err(Refusal::Denied)?;
        let policy = rule.address_policy();
        if let Some(address) = target.host().ip() {
            // The client dials literals without asking its resolver.
            policy
                .permits(address)
                .map_err(|denied| Refusal::address(access, &target, denied))?;
        }
        let method = Method::from_bytes(target.method().as_str().as_bytes());
        let client = self
            .clients
            .of(policy)
            .map_err(|error| Refusal::invalid(error.to_string()))?;
        let route = Arc::new(Route {
            load: client.load(&origin),
            method: method.map_err(|error| Refusal::invalid(error.to_string()))?,
            uri: Uri::try_from(target.as_url())
                .map_err(|error| Refusal::invalid(error.to_string()))?,
            client,
            origin,
            policy,
            target,
        });
        access
            .routes
            .keep(&outbound.method, &outbound.url, route.clone());
        Ok(route)
    }
}

fn lower(host: Duration, guest_ms: Option<u32>) -> Duration {
    match guest_ms {
        Some(guest) => host.min(Duration::from_millis(guest.into())),
        None => host,
    }
}

fn header_limits(access: &Access) -> HeaderLimits {
    HeaderLimits {
        count: access.limits.headers,
        bytes: access.limits.header_bytes,
    }
}

fn check_size(size: usize, limit: usize) -> std::result::Result<(), Refusal> {
    match size > limit {
        true => Err(Refusal::Failed(
            FetchFailureKind::TooLarge,
            format!("the request has {size} bytes, more than the {limit} of `limits.request`"),
        )),
        false => Ok(()),
    }
}

fn headers(wanted: &[Header], access: &Access) -> std::result::Result<HeaderMap, Refusal> {
    let pairs = wanted.iter().map(|header| (&header.name, &header.value));
    check_headers(pairs, header_limits(access))
        .map_err(|error| Refusal::invalid(error.to_string()))?;
    // With the credential, and the three below.
    let mut headers = HeaderMap::with_capacity(wanted.len() + 4);
    for header in wanted {
        let name = HeaderName::try_from(header.name.as_str());
        let value = HeaderValue::try_from(header.value.as_str());
        let (Ok(name), Ok(value)) = (name, value) else {
            return Err(Refusal::invalid(format!(
                "the header `{}` is not valid",
                header.name
            )));
        };
        headers.append(name, value);
    }
    let mut otherwise = |name: HeaderName, value: &'static str| {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    };
    otherwise(ACCEPT, "*/*");
    otherwise(USER_AGENT, concat!("tidegate/", env!("CARGO_PKG_VERSION")));
    otherwise(ACCEPT_ENCODING, body::ACCEPTED);
    Ok(headers)
}

/// Why there is no answer.
enum Refusal {
    Denied(Denied),
    Failed(FetchFailureKind, String),
}

/// There is no token to send.
impl From<FetchFailure> for Refusal {
    fn from(failure: FetchFailure) -> Self {
        Refusal::Failed(failure.kind, failure.message)
    }
}

impl Refusal {
    fn invalid(message: String) -> Self {
        Refusal::Failed(FetchFailureKind::InvalidRequest, message)
    }

    fn address(access: &Access, target: &Target, denied: AddressDenied) -> Self {
        Refusal::Denied(access.grant.deny_address(target, denied))
    }

    fn from_client(access: &Access, target: &Target, error: &ClientError) -> Self {
        let mut cause: Option<&(dyn StdError + 'static)> = Some(error.cause());
        while let Some(error) = cause {
            if let Some(Refused(denied)) = error.downcast_ref() {
                return Refusal::address(access, target, *denied);
            }
            cause = error.source();
        }
        let (kind, what) = match error {
            error if error.is_timeout() => (FetchFailureKind::Timeout, "did not answer in time"),
            error if error.is_connect() => (FetchFailureKind::Unreachable, "cannot be reached"),
            error if answer::is_malformed(error.cause()) => (
                FetchFailureKind::Malformed,
                "did not answer with valid HTTP",
            ),
            _ => (
                FetchFailureKind::Interrupted,
                "closed the connection before it answered",
            ),
        };
        let origin = target.origin();
        let cause = answer::innermost(error.cause());
        Refusal::Failed(kind, format!("`{origin}` {what}: {cause}"))
    }

    /// Completes the record and says to the guest what it may know.
    fn conclude(self, access: &Access, mut pending: Pending) -> FetchFailure {
        match self {
            Refusal::Denied(denied) => {
                let sentence = denied.for_provider(access.provider.as_ref()).to_string();
                pending.record().outcome = Outcome::Denied(sentence);
                FetchFailure {
                    kind: FetchFailureKind::Denied,
                    message: DENIED.into(),
                }
            }
            Refusal::Failed(kind, message) => {
                pending.record().outcome = Outcome::Failed(kind);
                tracing::debug!(target: "tidegate::egress", provider = %access.provider, "{message}");
                FetchFailure { kind, message }
            }
        }
    }
}
