//! Puts a provider's credential on a request, where the provider said it belongs. The guest sees
//! neither the value nor whether it was there.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Uri;
use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use tidegate_grants::{Binding, Secret, Target};

use crate::error::{Error, Result};
use crate::types::{self, Placement};

/// A credential that the provider declares and the operator has configured.
#[derive(Clone)]
pub(crate) struct Credential {
    binding: Binding,
    place: Place,
    /// What it looks like where an upstream sends it back.
    forms: Vec<Secret>,
}

/// Where it goes, and what goes there: made once per version, not per request.
#[derive(Clone)]
enum Place {
    Header(HeaderName, HeaderValue),
    Query {
        /// As servers read it.
        name: String,
        /// Name and value as they are sent.
        pair: String,
    },
}

impl Credential {
    /// Ties a configured secret to its declaration.
    pub(crate) fn new(declared: &types::Credential, binding: Binding) -> Result<Self> {
        let secret = binding.secret().expose();
        let mut forms = disguises(secret);
        let header = |name: HeaderName, value: String| -> Result<Place> {
            let mut value =
                HeaderValue::try_from(value).map_err(|_| not_a_header(declared, "value"))?;
            value.set_sensitive(true);
            Ok(Place::Header(name, value))
        };
        let place = match &declared.placement {
            Placement::Bearer => header(AUTHORIZATION, format!("Bearer {secret}"))?,
            Placement::Header(placement) => {
                let name = HeaderName::try_from(placement.name.as_str())
                    .map_err(|_| not_a_header(declared, "name"))?;
                header(name, format!("{}{secret}", placement.prefix))?
            }
            Placement::Basic => {
                let encoded = STANDARD.encode(secret.as_bytes());
                // The password comes back alone more often than both together.
                if let Some((_, password)) = secret.split_once(':') {
                    forms.extend(disguises(password));
                }
                header(AUTHORIZATION, format!("Basic {encoded}"))?
            }
            Placement::Query(name) => {
                let mut pair = url::form_urlencoded::Serializer::new(String::new());
                Place::Query {
                    pair: pair.append_pair(name, secret).finish(),
                    name: name.clone(),
                }
            }
            Placement::AwsSigv4(_) | Placement::Other(_) => {
                return Err(Error::Config {
                    message: format!(
                        "the credential `{}` wants a placement that this release does not offer",
                        declared.name
                    ),
                    hint:
                        "this release places credentials in headers and queries, and signs nothing"
                            .into(),
                });
            }
        };
        Ok(Credential {
            place,
            forms: forms.into_iter().map(Secret::new).collect(),
            binding,
        })
    }

    pub(crate) fn name(&self) -> &str {
        self.binding.name()
    }

    /// Whether this secret may go to this target.
    pub(crate) fn attaches_to(&self, target: &Target) -> bool {
        self.binding.attaches_to(target)
    }

    /// What to mask in answers.
    pub(crate) fn forms(&self) -> impl Iterator<Item = &str> {
        self.forms.iter().map(Secret::expose)
    }

    /// Puts the secret on a request. Whatever the guest put in the same place is dropped.
    pub(crate) fn attach(
        &self,
        uri: &mut Uri,
        headers: &mut HeaderMap,
    ) -> std::result::Result<(), String> {
        match &self.place {
            Place::Header(name, value) => {
                headers.insert(name, value.clone());
                Ok(())
            }
            Place::Query { name, pair } => {
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

/// A secret as an upstream may send it back: as it is, in JSON with escaped slashes, percent-encoded
/// in either case of letters, and in base64.
fn disguises(secret: &str) -> Vec<String> {
    let percent: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let mut forms = vec![
        secret.to_owned(),
        secret.replace('/', "\\/"),
        lower_escapes(&percent),
        percent,
        STANDARD.encode(secret.as_bytes()),
    ];
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// `%2F` as `%2f`; everything else as it is.
fn lower_escapes(percent: &str) -> String {
    let mut escape: u8 = 0;
    let lower = |character: char| {
        if character == '%' {
            escape = 3;
        }
        let inside = escape > 0;
        escape = escape.saturating_sub(1);
        match inside {
            true => character.to_ascii_lowercase(),
            false => character,
        }
    };
    percent.chars().map(lower).collect()
}

fn not_a_header(declared: &types::Credential, what: &str) -> Error {
    Error::Config {
        message: format!(
            "the credential `{}` cannot be sent: the header's {what} is not valid",
            declared.name
        ),
        hint: "a secret read from a file or a variable must not hold line breaks".into(),
    }
}
