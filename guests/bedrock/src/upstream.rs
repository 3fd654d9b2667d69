//! Addresses: of a model in the data plane, and of lists in the control plane.
//!
//! | model | in the path |
//! |---|---|
//! | `amazon.nova-lite-v1:0`, `us.amazon.nova-lite-v1:0` | `amazon.nova-lite-v1%3A0`, as the vendor's SDKs write it |
//! | `arn:aws:bedrock:us-east-1:1234:inference-profile/us.amazon.nova-lite-v1:0` | its name: what follows the slash |
//! | the ARN of an application's profile, or of a foundation model | the same |
//! | any other ARN | refused: it has no name without its slash, and no encoded slash leaves the host |

use tidegate_guest::types::{Error, ErrorKind};
use tidegate_guest::{Io, Result};

use crate::info::{DEFAULT_BASE_URL, DEFAULT_REGION, setting};

/// The kinds of resource that are known by their name alone.
const NAMED: [&str; 3] = [
    "foundation-model",
    "inference-profile",
    "application-inference-profile",
];

/// What a profile that spans regions puts before the name of its model.
const AREAS: [&str; 8] = ["us", "us-gov", "eu", "apac", "jp", "au", "ca", "global"];

/// Where requests go.
pub struct Upstream {
    region: String,
    base_url: String,
    control_url: String,
}

impl Upstream {
    /// As the operator has set it.
    pub fn new(io: &Io) -> Self {
        let region = io.setting(setting::REGION).unwrap_or(DEFAULT_REGION);
        // The host has filled the region into the default; a test may have no host.
        let base_url = io.setting(setting::BASE_URL).unwrap_or(DEFAULT_BASE_URL);
        let base_url = base_url.trim_end_matches('/').replace("{region}", region);
        let control_url = match io.setting(setting::CONTROL_URL) {
            Some(url) => url.trim_end_matches('/').into(),
            None => base_url.replacen("bedrock-runtime", "bedrock", 1),
        };
        Upstream {
            region: region.into(),
            base_url,
            control_url,
        }
    }

    /// A method of a model.
    pub fn model(&self, model: &str, method: &str) -> Result<String> {
        self.method(self.name(model)?, method)
    }

    /// A method that only models themselves have, not the profiles through which they are asked.
    pub fn base_model(&self, model: &str, method: &str) -> Result<String> {
        let name = self.name(model)?;
        let base = match name.split_once('.') {
            Some((area, base)) if AREAS.contains(&area) => base,
            _ => name,
        };
        self.method(base, method)
    }

    /// A list of the control plane.
    pub fn list(&self, path: &str) -> String {
        format!("{}/{path}", self.control_url)
    }

    fn method(&self, name: &str, method: &str) -> Result<String> {
        // What the host refuses even where it is encoded is no name.
        let is_odd = |letter: char| letter.is_control() || matches!(letter, '/' | '\\' | '%');
        if matches!(name, "" | "." | "..") || name.contains(is_odd) {
            let message = format!("`{name}` is not the name of a model");
            return Err(Error::new(ErrorKind::InvalidRequest, message));
        }
        Ok(format!(
            "{}/model/{}/{method}",
            self.base_url,
            encoded(name)
        ))
    }

    fn name<'a>(&self, model: &'a str) -> Result<&'a str> {
        let Some(arn) = model.strip_prefix("arn:") else {
            return Ok(model);
        };
        let mut fields = arn.splitn(5, ':').skip(2);
        let region = fields.next().unwrap_or_default();
        let resource = fields.nth(1).and_then(|resource| resource.split_once('/'));
        let Some((_, name)) = resource.filter(|(kind, _)| NAMED.contains(kind)) else {
            return Err(Error::new(
                ErrorKind::Unsupported,
                format!(
                    "`{model}` has no name but its ARN, whose slash cannot be sent in a path\n\
                     hint: make an inference profile of it and ask for that"
                ),
            ));
        };
        if !region.is_empty() && region != self.region {
            return Err(Error::new(
                ErrorKind::InvalidRequest,
                format!(
                    "`{model}` is in `{region}`, and this provider asks in `{}`",
                    self.region
                ),
            ));
        }
        Ok(name)
    }
}

/// Percent-encodes everything but unreserved characters (RFC 3986, section 2.3): what is signed is
/// the path as it stands here.
pub fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(byte.into());
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn upstream(base_url: &str) -> Upstream {
        Upstream {
            region: "eu-west-1".into(),
            base_url: base_url.into(),
            control_url: "c".into(),
        }
    }

    #[test]
    fn names_are_encoded_and_arns_are_named_by_what_follows_the_slash() {
        for (model, path) in [
            ("amazon.nova-lite-v1:0", "amazon.nova-lite-v1%3A0"),
            (
                "arn:aws:bedrock:eu-west-1:12:inference-profile/eu.a.b-v1:0",
                "eu.a.b-v1%3A0",
            ),
            (
                "arn:aws:bedrock:eu-west-1::foundation-model/a.b-v1:0",
                "a.b-v1%3A0",
            ),
            (
                "arn:aws:bedrock:eu-west-1:12:application-inference-profile/x1",
                "x1",
            ),
        ] {
            let url = upstream("u").model(model, "converse").unwrap();
            assert_eq!(url, format!("u/model/{path}/converse"), "{model}");
        }
    }

    #[test]
    fn what_is_no_name_here_is_refused() {
        for (model, kind) in [
            ("", ErrorKind::InvalidRequest),
            ("..", ErrorKind::InvalidRequest),
            ("a/b", ErrorKind::InvalidRequest),
            ("a%2Fb", ErrorKind::InvalidRequest),
            (
                "arn:aws:bedrock:us-east-1::foundation-model/a.b",
                ErrorKind::InvalidRequest,
            ),
            (
                "arn:aws:bedrock:eu-west-1:12:imported-model/a1",
                ErrorKind::Unsupported,
            ),
            ("arn:", ErrorKind::Unsupported),
        ] {
            let error = upstream("u").model(model, "converse").unwrap_err();
            assert_eq!(error.kind, kind, "{model}");
        }
    }

    #[test]
    fn a_method_of_models_alone_is_asked_of_the_model_behind_a_profile() {
        let url = |model| upstream("u").base_model(model, "count-tokens").unwrap();
        assert_eq!(
            url("us.anthropic.claude-a"),
            "u/model/anthropic.claude-a/count-tokens"
        );
        assert_eq!(
            url("anthropic.claude-a"),
            "u/model/anthropic.claude-a/count-tokens"
        );
    }
}
