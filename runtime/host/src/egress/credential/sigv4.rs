//! AWS Signature Version 4: a request is signed as it is sent, and says by whom.
//!
//! Signed is everything that the upstream reads and nobody on the way changes: method, path, query,
//! `host`, the provider's headers, the time, and the hash of the body. So this comes after everything
//! else that is done to a request.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4::SigningParams;
use bytes::Bytes;
use http::Request;
use http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, HeaderName, HeaderValue, TRANSFER_ENCODING, USER_AGENT,
};
use tidegate_grants::{OriginPattern, Secret};

use crate::egress::credential::place::not_a_header;
use crate::error::{Error, Result};
use crate::secret::AccessKey;
use crate::types::AwsSigv4;

/// What a signature sets; from a guest they are dropped.
const OURS: [HeaderName; 4] = [
    AUTHORIZATION,
    HeaderName::from_static("x-amz-date"),
    HeaderName::from_static("x-amz-security-token"),
    HeaderName::from_static("x-amz-content-sha256"),
];
/// What gateways on the way may change.
const UNSIGNED: [HeaderName; 4] = [
    ACCEPT_ENCODING,
    TRANSFER_ENCODING,
    USER_AGENT,
    HeaderName::from_static("x-amzn-trace-id"),
];
/// Takes paths as they are, and wants the hash of the body in a header; all others encode the path
/// once more.
const OBJECT_STORE: &str = "s3";

/// Signs requests with one access key, for one service in one region.
#[derive(Clone)]
pub(super) struct Signer {
    key: Credentials,
    scope: AwsSigv4,
}

impl Signer {
    /// `scope` has its region filled in. `origins` are where it is going to sign for.
    pub(super) fn new(
        credential: &str,
        key: &AccessKey,
        scope: &AwsSigv4,
        origins: &[OriginPattern],
    ) -> Result<Self> {
        check_region(credential, &scope.region, origins)?;
        let token = key.session_token.as_ref().map(Secret::expose);
        for part in token.into_iter().chain([key.id.expose()]) {
            HeaderValue::try_from(part).map_err(|_| not_a_header(credential, "value"))?;
        }
        Ok(Signer {
            key: Credentials::new(
                key.id.expose(),
                key.secret.expose(),
                token.map(Into::into),
                None,
                "tidegate",
            ),
            scope: scope.clone(),
        })
    }

    /// Signs a request, and returns the signature.
    pub(super) fn sign(
        &self,
        request: &mut Request<Bytes>,
        now: SystemTime,
    ) -> std::result::Result<String, String> {
        for name in &OURS {
            request.headers_mut().remove(name);
        }
        let uri = request.uri().to_string();
        let mut headers = Vec::with_capacity(request.headers().len());
        for (name, value) in request.headers() {
            if !UNSIGNED.contains(name) {
                let value = value
                    .to_str()
                    .map_err(|_| format!("the header `{name}` cannot be signed"))?;
                headers.push((name.as_str(), value));
            }
        }
        let unusable = |what: &dyn std::fmt::Display| format!("cannot be signed: {what}");
        let signable = SignableRequest::new(
            request.method().as_str(),
            &uri,
            headers.into_iter(),
            SignableBody::Bytes(request.body()),
        )
        .map_err(|error| unusable(&error))?;
        let identity = self.key.clone().into();
        let parameters = SigningParams::builder()
            .identity(&identity)
            .region(&self.scope.region)
            .name(&self.scope.service)
            .time(now)
            .settings(self.settings())
            .build()
            .map_err(|error| unusable(&error))?;
        let signed = sign(signable, &parameters.into()).map_err(|error| unusable(&error))?;
        let (instructions, signature) = signed.into_parts();
        for (name, value) in instructions
            .into_parts()
            .0
            .iter()
            .map(|it| (it.name(), it.value()))
        {
            let mut value = HeaderValue::try_from(value)
                .map_err(|_| unusable(&"the header has no valid value"))?;
            value.set_sensitive(true);
            request.headers_mut().insert(name, value);
        }
        Ok(signature)
    }

    fn settings(&self) -> SigningSettings {
        let mut settings = SigningSettings::default();
        if self.scope.service == OBJECT_STORE {
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        settings
    }
}

/// A signature for another region than the host's is refused with every request, so it is a mistake
/// that can be told now.
fn check_region(credential: &str, region: &str, origins: &[OriginPattern]) -> Result<()> {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if region.is_empty() || !region.bytes().all(is_plain) {
        return Err(Error::Config {
            message: format!(
                "the credential `{credential}` cannot sign for the region `{}`",
                crate::printable::excerpt(region)
            ),
            hint: "a region is lower-case letters, digits and hyphens: `us-east-1`".into(),
        });
    }
    for origin in origins {
        let text = origin.to_string();
        let host = text.split_once("://").map_or(text.as_str(), |it| it.1);
        let mut labels = host.split('.');
        let named = labels.clone().find(|label| is_region(label));
        if let Some(named) = named.filter(|_| labels.all(|label| label != region)) {
            return Err(Error::Config {
                message: format!(
                    "the credential `{credential}` signs for the region `{region}`, and `{origin}` is in `{named}`"
                ),
                hint: "one of the two is wrong: the region in the settings, or the host in `allow`; `to = […]` keeps the credential from hosts that are not signed for".into(),
            });
        }
    }
    Ok(())
}

/// Whether a label of a host is the name of a region, `eu-central-1`, rather than anybody's own.
fn is_region(label: &str) -> bool {
    const DIRECTIONS: [&str; 9] = [
        "central",
        "east",
        "north",
        "northeast",
        "northwest",
        "south",
        "southeast",
        "southwest",
        "west",
    ];
    let parts: Vec<&str> = label.split('-').collect();
    let [area, .., direction, number] = parts.as_slice() else {
        return false;
    };
    area.len() == 2
        && DIRECTIONS.contains(direction)
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;
