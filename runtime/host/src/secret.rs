//! What an operator gives for a credential: a text, or the parts that the host makes one from.

mod service_account;

mod client_credentials;

mod endpoint;

use tidegate_grants::Secret;

pub use client_credentials::{ClientAuthentication, ClientCredentials};
pub use endpoint::TokenEndpoint;
pub use service_account::ServiceAccount;

/// The value of a credential, and where it may go.
#[derive(Debug, Clone, PartialEq)]
pub struct SecretConfig {
    /// The name under which the provider declares it.
    pub name: String,
    /// The value.
    pub value: SecretValue,
    /// Origins it may go to; `None`: all that are granted.
    pub to: Option<Vec<String>>,
    /// Whether the guest may see it, as a setting of the same name. Only for a text.
    pub expose: bool,
}

/// The value of a credential.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum SecretValue {
    /// A key, a token, or `user:password`, to be sent as it is.
    Text(Secret),
    /// Several keys, each as good as the other, to be used in turn.
    Keys(Vec<Secret>),
    /// What requests are signed with, for the placement `aws-sigv4`.
    AccessKey(AccessKey),
    /// What the host signs for tokens with.
    ServiceAccount(ServiceAccount),
    /// What the host exchanges for tokens.
    ClientCredentials(ClientCredentials),
}

/// An access key: what `aws-sigv4` signs with.
#[derive(Debug, Clone)]
pub struct AccessKey {
    /// Whose key it is; stands in every request.
    pub id: Secret,
    /// What is signed with; never sent.
    pub secret: Secret,
    /// Goes with a key that is valid for a time only; stands in every request.
    pub session_token: Option<Secret>,
}

impl SecretValue {
    /// What kind of value it is: `an access key`.
    pub fn what(&self) -> &'static str {
        match self {
            SecretValue::Text(_) => "one text",
            SecretValue::Keys(_) => "several keys",
            SecretValue::AccessKey(_) => "an access key",
            SecretValue::ServiceAccount(_) => "a service account",
            SecretValue::ClientCredentials(_) => "the client credentials of OAuth 2.0",
        }
    }

    /// The texts of it that nobody else may know, for whoever looks whether something holds them.
    pub fn secrets(&self) -> Vec<&Secret> {
        match self {
            SecretValue::Text(text) => vec![text],
            SecretValue::Keys(keys) => keys.iter().collect(),
            SecretValue::AccessKey(key) => {
                let token = key.session_token.iter();
                token.chain([&key.secret]).collect()
            }
            SecretValue::ServiceAccount(account) => vec![&account.file],
            SecretValue::ClientCredentials(client) => vec![&client.client_secret],
        }
    }

    /// All that there is of it, in an order of its kind, for the comparison of two.
    fn parts(&self) -> Vec<&str> {
        let mut parts = vec![self.what()];
        match self {
            SecretValue::Text(text) => parts.push(text.expose()),
            SecretValue::Keys(keys) => parts.extend(keys.iter().map(Secret::expose)),
            SecretValue::AccessKey(key) => {
                parts.extend([key.id.expose(), key.secret.expose()]);
                parts.extend(key.session_token.as_ref().map(Secret::expose));
            }
            SecretValue::ServiceAccount(account) => {
                parts.extend([account.file.expose(), &account.scope]);
            }
            SecretValue::ClientCredentials(client) => {
                parts.extend([
                    client.endpoint.url.as_str(),
                    client.client_id.expose(),
                    client.client_secret.expose(),
                    client.authentication.name(),
                ]);
                let optional = [("scope", &client.scope), ("audience", &client.audience)];
                for (name, value) in optional {
                    parts.extend(value.iter().flat_map(|value| [name, value.as_str()]));
                }
            }
        }
        parts
    }
}

/// An operator's two configurations are compared, nobody's guess: it may take its time.
impl PartialEq for SecretValue {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl From<Secret> for SecretValue {
    fn from(secret: Secret) -> Self {
        SecretValue::Text(secret)
    }
}

impl From<String> for SecretValue {
    fn from(text: String) -> Self {
        SecretValue::Text(Secret::new(text))
    }
}

impl From<&str> for SecretValue {
    fn from(text: &str) -> Self {
        SecretValue::Text(Secret::new(text))
    }
}

impl From<&String> for SecretValue {
    fn from(text: &String) -> Self {
        SecretValue::Text(Secret::new(text))
    }
}

impl From<AccessKey> for SecretValue {
    fn from(key: AccessKey) -> Self {
        SecretValue::AccessKey(key)
    }
}
