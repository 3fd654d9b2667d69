//! A service account: a key with which a program says who it is, and is given a token for it.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde::{Deserialize, Serialize};
use tidegate_grants::Secret;

use crate::printable::excerpt;
use crate::secret::endpoint::TokenEndpoint;

/// How long an assertion is valid, in seconds: the longest that servers accept.
const VALID: u64 = 3600;

/// A service account, as its file has it.
#[derive(Clone)]
pub struct ServiceAccount {
    pub(crate) endpoint: TokenEndpoint,
    pub(crate) scope: String,
    email: String,
    key_id: Option<String>,
    key: Arc<RsaKeyPair>,
    /// All of it, for the comparison of two.
    pub(crate) file: Secret,
}

/// What is read of the file.
#[derive(Deserialize)]
struct File {
    #[serde(rename = "type")]
    kind: Option<String>,
    client_email: Option<String>,
    private_key_id: Option<String>,
    private_key: Option<String>,
    token_uri: Option<String>,
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    scope: &'a str,
    aud: &'a str,
    iat: u64,
    exp: u64,
}

impl ServiceAccount {
    /// Reads the JSON of its file. What is wrong comes as the end of a sentence that begins with what
    /// the file is called; a line with a hint follows. Nothing of the file is repeated in it.
    pub fn from_json(file: Secret, scope: impl Into<String>) -> Result<Self, String> {
        const HINT: &str = "hint: give the JSON file that the cloud's console makes for a key of a service account";
        // The words of the parser's own error may hold some of what it read.
        let read: File = serde_json::from_str(file.expose()).map_err(|error| {
            format!(
                "is no service account: no such JSON at line {}\n{HINT}",
                error.line()
            )
        })?;
        if let Some(kind) = read.kind.filter(|kind| kind != "service_account") {
            let kind = excerpt(&kind);
            return Err(format!(
                "has the type `{kind}`, not `service_account`\n{HINT}"
            ));
        }
        let lacks = |name: &str| format!("has no `{name}`\n{HINT}");
        let email = read.client_email.ok_or_else(|| lacks("client_email"))?;
        let url = read.token_uri.ok_or_else(|| lacks("token_uri"))?;
        let pem = Secret::new(read.private_key.ok_or_else(|| lacks("private_key"))?);
        let endpoint = TokenEndpoint::parse(&url)
            .map_err(|problem| format!("has a `token_uri` that cannot be used: {problem}"))?;
        let key =
            key(&pem).map_err(|problem| format!("has a `private_key` that {problem}\n{HINT}"))?;
        Ok(ServiceAccount {
            endpoint,
            scope: scope.into(),
            email,
            key_id: read.private_key_id,
            key: Arc::new(key),
            file,
        })
    }

    /// The assertion of RFC 7523 that is exchanged for a token. `now` is in seconds since the Unix epoch.
    pub(crate) fn assertion(&self, now: u64) -> Result<Secret, String> {
        let header = Header {
            alg: "RS256",
            typ: "JWT",
            kid: self.key_id.as_deref(),
        };
        let claims = Claims {
            iss: &self.email,
            scope: &self.scope,
            aud: &self.endpoint.url,
            iat: now,
            exp: now.saturating_add(VALID),
        };
        let encode = |json: serde_json::Result<Vec<u8>>| match json {
            Ok(json) => Ok(URL_SAFE_NO_PAD.encode(json)),
            Err(error) => Err(error.to_string()),
        };
        let header = encode(serde_json::to_vec(&header))?;
        let claims = encode(serde_json::to_vec(&claims))?;
        sign(&self.key, format!("{header}.{claims}"))
    }
}

/// The text with its signature by RS256.
fn sign(key: &RsaKeyPair, text: String) -> Result<Secret, String> {
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        text.as_bytes(),
        &mut signature,
    )
    .map_err(|_| "the key cannot sign".to_owned())?;
    Ok(Secret::new(format!(
        "{text}.{}",
        URL_SAFE_NO_PAD.encode(signature)
    )))
}

fn key(pem: &Secret) -> Result<RsaKeyPair, String> {
    let der = PrivateKeyDer::from_pem_slice(pem.expose().as_bytes())
        .map_err(|_| "is no PEM".to_owned())?;
    let key = match &der {
        PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
        PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
        _ => return Err("is not for RSA".into()),
    };
    key.map_err(|error| format!("is no usable RSA key: {error}"))
}

impl fmt::Debug for ServiceAccount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ServiceAccount")
            .field("email", &self.email)
            .field("endpoint", &self.endpoint)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
