//! Credentials that the host obtains: exchanged for a token, which is kept, renewed before it ends,
//! and sent as if the operator had given it.
//!
//! The exchange is the operator's, not the guest's. Its right is the token endpoint that the operator
//! has named: an [`Access`] of its own, for one `POST` to one URL. So it passes through the same
//! egress (address, secret, client, record) and a guest can neither make one nor see one, only be
//! the occasion.

mod exchange;

mod cache;

mod lifetime;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::header::CONTENT_TYPE;
use tidegate_grants::{Binding, Secret};
use url::form_urlencoded::{Serializer, byte_serialize};

use crate::digest::Digest;
use crate::egress::access::Access;
use crate::egress::credential::{Credential, Place, disguises};
use crate::egress::mask::Mask;
use crate::egress::{Outbound, Payload};
use crate::error::{Error, Result};
use crate::limits::Limits;
use crate::secret::{
    ClientAuthentication, ClientCredentials, SecretValue, ServiceAccount, TokenEndpoint,
};
use crate::types::{FetchLimits, Header, Placement};
use cache::Cache;
pub(crate) use cache::Token;

const FORM: &str = "application/x-www-form-urlencoded";
/// Of RFC 7523.
const ASSERTION: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// A token has some kilobytes, and an error fewer.
const ANSWER: usize = 256 << 10;
/// How long an exchange may take, from the resolution of the name to the last byte.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whose credential it is.
#[derive(Clone)]
pub(crate) struct Owner {
    pub(crate) provider: Arc<str>,
    pub(crate) digest: Digest,
    /// Whether names that the operator wrote may lead to private networks.
    pub(crate) private: bool,
}

/// One credential's token: how it is obtained, and the current one.
pub(crate) struct TokenSource {
    credential: Arc<str>,
    placement: Placement,
    from: From,
    endpoint: TokenEndpoint,
    /// The operator's right to send what is exchanged.
    access: Access,
    cache: Cache,
}

/// What is exchanged for a token.
enum From {
    Assertion(ServiceAccount),
    Client(ClientCredentials),
}

impl TokenSource {
    /// `None`: nothing is exchanged for this kind of value.
    pub(crate) fn new(
        owner: &Owner,
        credential: &str,
        placement: &Placement,
        value: &SecretValue,
    ) -> Result<Option<Self>> {
        let (endpoint, from) = match value {
            SecretValue::ServiceAccount(account) => {
                (&account.endpoint, From::Assertion(account.clone()))
            }
            SecretValue::ClientCredentials(client) => {
                (&client.endpoint, From::Client(client.clone()))
            }
            SecretValue::Text(_) | SecretValue::Keys(_) | SecretValue::AccessKey(_) => {
                return Ok(None);
            }
        };
        // A placement that no token can be put in is a mistake to be told now.
        Place::new(credential, placement, &Secret::new("token"))?.ok_or_else(|| Error::Config {
            message: format!("the credential `{credential}` cannot be a token"),
            hint: "`tidegate inspect` shows where the provider wants it".into(),
        })?;
        let grant = endpoint.grant.clone().with_private(owner.private);
        let credential: Arc<str> = credential.into();
        let mut access = Access::new(
            owner.provider.clone(),
            owner.digest,
            grant,
            from.credential(endpoint)?.into_iter().collect(),
            Limits {
                response: ANSWER,
                first_byte: PATIENCE,
                idle: PATIENCE,
                ..Limits::default()
            },
        );
        access.token_for = Some(credential.clone());
        if let From::Client(client) = &from {
            let forms = Mask::new(disguises(client.client_secret.expose()));
            access.mask = Mask::both(access.mask.take(), forms);
        }
        Ok(Some(TokenSource {
            credential,
            placement: placement.clone(),
            endpoint: endpoint.clone(),
            from,
            access,
            cache: Cache::default(),
        }))
    }

    /// What to mask in answers: the tokens that are known.
    pub(crate) fn mask(&self) -> Option<Mask> {
        self.cache.mask()
    }

    /// An upstream did not accept this one: the next call gets another.
    pub(crate) fn reject(&self, token: &Arc<Token>) {
        self.cache.reject(token);
    }

    /// The request that obtains a token.
    fn request(&self, now: SystemTime) -> std::result::Result<Outbound, String> {
        let seconds = now.duration_since(UNIX_EPOCH).map_or(0, |it| it.as_secs());
        let mut form = Serializer::new(String::new());
        match &self.from {
            From::Assertion(account) => {
                let assertion = account.assertion(seconds)?;
                form.append_pair("grant_type", ASSERTION);
                form.append_pair("assertion", assertion.expose());
            }
            From::Client(client) => {
                form.append_pair("grant_type", "client_credentials");
                let optional = [("scope", &client.scope), ("audience", &client.audience)];
                for (name, value) in optional {
                    if let Some(value) = value {
                        form.append_pair(name, value);
                    }
                }
                if client.authentication == ClientAuthentication::Post {
                    form.append_pair("client_id", client.client_id.expose());
                    form.append_pair("client_secret", client.client_secret.expose());
                }
            }
        }
        let header = |name: &str, value: &str| Header {
            name: name.into(),
            value: value.into(),
        };
        Ok(Outbound {
            method: "POST".into(),
            url: self.endpoint.url.clone(),
            headers: vec![
                header(CONTENT_TYPE.as_str(), FORM),
                header("accept", "application/json"),
            ],
            payload: Payload::Ready(form.finish().into()),
            credential: None,
            limits: FetchLimits {
                first_byte_ms: None,
                idle_ms: None,
                response_bytes: None,
            },
            // Nobody who listens to a call is told of what it takes to be let in.
            tap: None,
        })
    }
}

impl From {
    /// What the exchange itself carries in a header.
    fn credential(&self, endpoint: &TokenEndpoint) -> Result<Option<Credential>> {
        let From::Client(client) = self else {
            return Ok(None);
        };
        if client.authentication != ClientAuthentication::Basic {
            return Ok(None);
        }
        // RFC 6749, section 2.3.1: both are encoded as in a form first.
        let encode = |part: &Secret| byte_serialize(part.expose().as_bytes()).collect::<String>();
        let pair = format!(
            "{}:{}",
            encode(&client.client_id),
            encode(&client.client_secret)
        );
        let binding = Binding::new("client-secret", endpoint.grant.origins());
        Credential::text(binding, &Placement::Basic, &Secret::new(pair))
    }
}
