//! Client credentials: a name and a secret that a program exchanges for a token, as RFC 6749 has it.

use tidegate_grants::Secret;

use crate::secret::endpoint::TokenEndpoint;

/// Client credentials of OAuth 2.0 (RFC 6749, section 4.4).
#[derive(Debug, Clone)]
pub struct ClientCredentials {
    /// Where the token is obtained.
    pub endpoint: TokenEndpoint,
    /// Whose token it is.
    pub client_id: Secret,
    /// What proves it.
    pub client_secret: Secret,
    /// What the token is for, by the server's names; several are separated by spaces.
    pub scope: Option<String>,
    /// Whom the token is for, where the server wants to know (`audience`).
    pub audience: Option<String>,
    /// How the server is shown the secret.
    pub authentication: ClientAuthentication,
}

/// How a client says who it is to a token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClientAuthentication {
    /// In the header `authorization`, which every server has to support.
    #[default]
    Basic,
    /// In the body of the request.
    Post,
}

impl ClientAuthentication {
    /// As it is written in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            ClientAuthentication::Basic => "basic",
            ClientAuthentication::Post => "post",
        }
    }
}
