//! Which kind of value a placement takes: what can be said before anything of it is used.

use crate::secret::SecretValue;
use crate::types::{Credential, Placement};

/// Says what is wrong with a credential's value, where it is not of the kind that the provider's
/// placement of it takes; a line with a hint follows.
pub fn check_secret(declared: &Credential, value: &SecretValue) -> Result<(), String> {
    let fits = match (&declared.placement, value) {
        (Placement::AwsSigv4(_), value) => matches!(value, SecretValue::AccessKey(_)),
        (Placement::Other(_), _) => false,
        (Placement::Hmac(_), value) => matches!(value, SecretValue::Text(_)),
        (Placement::Basic, value) => {
            matches!(value, SecretValue::Text(_) | SecretValue::Keys(_))
        }
        (_, value) => !matches!(value, SecretValue::AccessKey(_)),
    };
    match fits {
        true => Ok(()),
        false => {
            let (message, hint) = misfit(&declared.name, &declared.placement, value);
            Err(format!("{message}\nhint: {hint}"))
        }
    }
}

/// What is said of a value that does not fit, and what would.
pub(super) fn misfit(name: &str, placement: &Placement, value: &SecretValue) -> (String, String) {
    let (takes, hint) = match placement {
        Placement::Bearer | Placement::Header(_) | Placement::Query(_) => (
            "is sent with requests",
            "give it a text, `{ env = \"…\" }` or `{ file = \"…\" }`, or what the host obtains tokens with, `service-account` or `oauth2`",
        ),
        Placement::Basic => (
            "is sent as a name and a password",
            "give it a text, `user:password`: `{ env = \"…\" }` or `{ file = \"…\" }`",
        ),
        Placement::Hmac(_) => (
            "signs requests with one text",
            "give it `{ env = \"…\" }` or `{ file = \"…\" }`",
        ),
        Placement::AwsSigv4(_) => (
            "signs requests with an access key",
            "give it `access-key-id` and `secret-access-key`, and `session-token` where there is one",
        ),
        Placement::Other(_) => {
            return (
                format!(
                    "the credential `{name}` wants a placement that this release does not offer"
                ),
                "a newer release may; `tidegate inspect` shows what it wants".into(),
            );
        }
    };
    let what = value.what();
    let message = format!("the credential `{name}` {takes}, and is given {what}");
    (message, hint.into())
}
