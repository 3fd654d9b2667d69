//! A signature of the request, made with a secret that both sides know, over a text that the provider
//! describes.
//!
//! The provider says what is signed by a template, and the host fills it in when everything else about
//! the request is settled. So a guest neither holds the secret nor chooses the time.

mod template;

use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Request;
use http::header::{HeaderName, HeaderValue};
use ring::hmac;
use tidegate_grants::Secret;

use crate::calendar::{DAY, Date};
use crate::error::{Error, Result};
use crate::types::{Hmac, HmacAlgorithm, HmacEncoding, HmacKey, HmacTime, HmacTimestamp};
use template::{Facts, Template};

/// Signs requests with one secret.
pub(super) struct Signer {
    key: hmac::Key,
    encoding: HmacEncoding,
    signed: Template,
    header: HeaderName,
    value: Template,
    timestamp: Option<(HmacTime, Option<HeaderName>)>,
}

/// Says what is wrong with a placement, as the end of a sentence about its credential. `setting` has
/// the values of settings, or anything for those that are declared.
pub(crate) fn check(
    placement: &Hmac,
    setting: impl Fn(&str) -> Option<String>,
) -> std::result::Result<(), String> {
    let headers = [Some(&placement.header)]
        .into_iter()
        .chain(placement.timestamp.iter().map(|it| it.header.as_ref()));
    for name in headers.flatten() {
        tidegate_grants::check_header(name, b"")
            .map_err(|error| format!("cannot be sent so: {error}"))?;
    }
    let signed = Template::parse(&placement.template, &setting)?;
    let value = Template::parse(&placement.value, &setting)?;
    match () {
        () if signed.has_signature() => Err("signs its own signature".into()),
        () if !value.has_signature() => {
            Err("has no `{signature}` in the value of its header".into())
        }
        () if value.has_content() => {
            Err("repeats more in the value of its header than the signature and the time".into())
        }
        () if placement.timestamp.is_none() && (signed.has_time() || value.has_time()) => {
            Err("names `{timestamp}`, and does not say how the time is written".into())
        }
        () => Ok(()),
    }
}

impl Signer {
    /// `credential` is the name of it.
    pub(super) fn new(
        credential: &str,
        placement: &Hmac,
        secret: &Secret,
        setting: impl Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        let wrong = |problem: String| Error::Config {
            message: format!("the credential `{credential}` {problem}"),
            hint: "`tidegate inspect` shows what the provider wants signed, and its settings"
                .into(),
        };
        check(placement, &setting).map_err(wrong)?;
        let template = |text: &str| Template::parse(text, &setting).map_err(wrong);
        let header = |name: &str| {
            HeaderName::try_from(name).map_err(|error| wrong(format!("cannot be sent so: {error}")))
        };
        let timestamp = match &placement.timestamp {
            Some(HmacTimestamp {
                format,
                header: name,
            }) => Some((*format, name.as_deref().map(header).transpose()?)),
            None => None,
        };
        let algorithm = match placement.algorithm {
            HmacAlgorithm::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            HmacAlgorithm::Sha256 => hmac::HMAC_SHA256,
            HmacAlgorithm::Sha512 => hmac::HMAC_SHA512,
        };
        let key = key(placement.key, secret).ok_or_else(|| Error::Config {
            message: format!(
                "the credential `{credential}` is not the {} that it has to be",
                match placement.key {
                    HmacKey::Hex => "hexadecimal number",
                    HmacKey::Base64 | HmacKey::Text => "base64",
                }
            ),
            hint: "give it as the vendor shows it, without spaces or line breaks".into(),
        })?;
        Ok(Signer {
            key: hmac::Key::new(algorithm, &key),
            encoding: placement.encoding,
            signed: template(&placement.template)?,
            header: header(&placement.header)?,
            value: template(&placement.value)?,
            timestamp,
        })
    }

    /// Signs a request, and returns the signature.
    pub(super) fn sign(
        &self,
        request: &mut Request<Bytes>,
        now: SystemTime,
    ) -> std::result::Result<String, String> {
        let time = self
            .timestamp
            .as_ref()
            .map(|(format, _)| written(*format, now));
        let mut facts = Facts {
            request,
            time: time.as_deref().unwrap_or_default(),
            signature: "",
        };
        let tag = hmac::sign(&self.key, &self.signed.fill(&facts));
        let signature = encode(self.encoding, tag.as_ref());
        facts.signature = &signature;
        let invalid = |_| "cannot be signed: the header has no valid value".to_owned();
        let value = HeaderValue::from_bytes(&self.value.fill(&facts));
        let mut value = value.map_err(invalid)?;
        value.set_sensitive(true);
        request.headers_mut().insert(&self.header, value);
        if let (Some((_, Some(header))), Some(time)) = (&self.timestamp, time) {
            let time = HeaderValue::try_from(time).map_err(|_| "the time is none".to_owned())?;
            request.headers_mut().insert(header, time);
        }
        Ok(signature)
    }
}

fn key(form: HmacKey, secret: &Secret) -> Option<Vec<u8>> {
    let secret = secret.expose();
    let key = match form {
        HmacKey::Text => Some(secret.as_bytes().to_vec()),
        HmacKey::Base64 => STANDARD.decode(secret).ok(),
        HmacKey::Hex => unhex(secret),
    };
    key.filter(|key| !key.is_empty())
}

fn encode(encoding: HmacEncoding, bytes: &[u8]) -> String {
    match encoding {
        HmacEncoding::Hex => hex(bytes),
        HmacEncoding::Base64 => STANDARD.encode(bytes),
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pairs = text.as_bytes().chunks(2).map(|pair| match *pair {
        [high, low] => u8::try_from(digit(high)? << 4 | digit(low)?).ok(),
        _ => None,
    });
    pairs.collect()
}

/// A moment as a vendor wants it.
fn written(format: HmacTime, now: SystemTime) -> String {
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    match format {
        HmacTime::Seconds => since.as_secs().to_string(),
        HmacTime::Milliseconds => since.as_millis().to_string(),
        HmacTime::Iso8601 => iso8601(since.as_secs()),
    }
}

/// `2015-08-30T12:36:00Z`.
fn iso8601(seconds: u64) -> String {
    let Date { year, month, day } = Date::of(seconds / DAY);
    let second = seconds % DAY;
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests;
