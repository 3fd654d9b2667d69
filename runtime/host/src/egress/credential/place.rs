//! Where a secret that is sent as it is goes: into a header or the query.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use http::{Request, Uri};
use tidegate_grants::Secret;

use crate::error::{Error, Result};
use crate::types::Placement;

/// Where it goes, and what goes there: made once per secret, not per request.
#[derive(Clone)]
pub(crate) enum Place {
    Header(HeaderName, HeaderValue),
    Query {
        /// As servers read it.
        name: String,
        /// Name and value as they are sent.
        pair: String,
    },
}

impl Place {
    /// `None`: this placement is not one for a secret as it is. `credential` is its name.
    pub(crate) fn new(
        credential: &str,
        placement: &Placement,
        secret: &Secret,
    ) -> Result<Option<Self>> {
        let secret = secret.expose();
        let header = |name: HeaderName, value: String| -> Result<Option<Place>> {
            let mut value =
                HeaderValue::try_from(value).map_err(|_| not_a_header(credential, "value"))?;
            value.set_sensitive(true);
            Ok(Some(Place::Header(name, value)))
        };
        match placement {
            Placement::Bearer => header(AUTHORIZATION, format!("Bearer {secret}")),
            Placement::Header(placement) => {
                let name = HeaderName::try_from(placement.name.as_str())
                    .map_err(|_| not_a_header(credential, "name"))?;
                header(name, format!("{}{secret}", placement.prefix))
            }
            Placement::Basic => header(
                AUTHORIZATION,
                format!("Basic {}", STANDARD.encode(secret.as_bytes())),
            ),
            Placement::Query(name) => {
                let mut pair = url::form_urlencoded::Serializer::new(String::new());
                Ok(Some(Place::Query {
                    pair: pair.append_pair(name, secret).finish(),
                    name: name.clone(),
                }))
            }
            Placement::AwsSigv4(_) | Placement::Hmac(_) | Placement::Other(_) => Ok(None),
        }
    }

    /// Puts the secret there. Whatever the guest put in the same place is dropped.
    pub(super) fn fill(&self, request: &mut Request<Bytes>) -> std::result::Result<(), String> {
        match self {
            Place::Header(name, value) => {
                request.headers_mut().insert(name, value.clone());
                Ok(())
            }
            Place::Query { name, pair } => {
                let uri = request.uri_mut();
                let query = uri.query().unwrap_or_default();
                // Compared as servers read them: to those, `k%65y` is `key`.
                let others = query.split('&').filter(|other| {
                    let read = url::form_urlencoded::parse(other.as_bytes()).next();
                    read.is_some_and(|(other, _)| other != name.as_str())
                });
                let all: Vec<&str> = others.chain([pair.as_str()]).collect();
                let path = format!("{}?{}", uri.path(), all.join("&"));
                let mut parts = std::mem::take(uri).into_parts();
                // The text of an error would hold the secret.
                let unusable = || "the URL is too long for its credential".to_owned();
                parts.path_and_query = Some(path.try_into().map_err(|_| unusable())?);
                *uri = Uri::from_parts(parts).map_err(|_| unusable())?;
                Ok(())
            }
        }
    }
}

pub(super) fn not_a_header(credential: &str, what: &str) -> Error {
    Error::Config {
        message: format!(
            "the credential `{credential}` cannot be sent: the header's {what} is not valid"
        ),
        hint: "a secret read from a file or a variable must not hold line breaks".into(),
    }
}
