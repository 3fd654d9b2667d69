//! Where tokens are obtained: an address that an operator names, and the one thing that may be sent there.

use tidegate_grants::{Binding, Grant, Target};

/// A token endpoint. Naming it is the right to send it requests for tokens: `POST`, to exactly this
/// URL. It is the operator's right, used by the host, and no provider gets to use it.
#[derive(Debug, Clone)]
pub struct TokenEndpoint {
    pub(crate) url: String,
    pub(crate) grant: Grant,
}

impl TokenEndpoint {
    /// Checks a URL. What is wrong comes as a sentence, and a line with a hint.
    pub fn parse(url: &str) -> Result<Self, String> {
        let target = Target::parse("POST", url).map_err(|error| error.to_string())?;
        let line = format!("POST {}{}", target.origin(), target.path());
        let grant = Grant::parse([line]).map_err(|error| error.to_string())?;
        // What is sent there is worth as much as what comes back.
        let binding = Binding::new("token", grant.origins());
        if !binding.attaches_to(&target) {
            let origin = target.origin();
            return Err(format!(
                "`{origin}` is plain `http`, and anyone on the way could read what is sent\nhint: use `https`; plain `http` is for loopback addresses and `localhost`"
            ));
        }
        Ok(TokenEndpoint {
            url: url.into(),
            grant,
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_token_endpoint_is_granted_that_one_request() {
        let endpoint = TokenEndpoint::parse("https://id.example/oauth2/token?tenant=a").unwrap();
        let allows = |method: &str, url: &str| {
            let target = Target::parse(method, url).unwrap();
            endpoint.grant.check(&target).is_ok()
        };
        assert!(allows("POST", "https://id.example/oauth2/token?tenant=a"));
        assert!(!allows("GET", "https://id.example/oauth2/token"));
        assert!(!allows("POST", "https://id.example/oauth2/token/other"));
        assert!(!allows("POST", "https://other.example/oauth2/token"));
    }

    #[test]
    fn a_token_endpoint_in_the_clear_is_refused() {
        assert!(TokenEndpoint::parse("http://127.0.0.1:8080/token").is_ok());
        assert!(TokenEndpoint::parse("http://localhost/token").is_ok());
        for url in ["http://id.example/token", "http://10.0.0.1/token"] {
            let error = TokenEndpoint::parse(url).unwrap_err();
            assert!(error.contains("plain `http`"), "{error}");
        }
        assert!(TokenEndpoint::parse("id.example/token").is_err());
    }
}
