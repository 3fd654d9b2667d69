//! Which web pages may call.
//!
//! A browser asks on behalf of a page before it sends a key or JSON anywhere, and shows the page
//! only answers that name its origin.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};

use crate::error::Error;

/// What pages may read beside the body.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "request-id, x-request-id, x-tidegate-provider, x-tidegate-version, x-tidegate-warnings, x-tidegate-attempts, x-tidegate-cost-usd, retry-after, retry-after-ms, x-should-retry",
);
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, OPTIONS");
/// For a day; browsers cut it to what they think right.
const MAX_AGE: HeaderValue = HeaderValue::from_static("86400");

/// The origins that may call.
pub struct Cors {
    origins: Vec<String>,
}

impl Cors {
    /// Checks what was configured.
    pub fn new(origins: Vec<String>) -> Result<Self, Error> {
        let bad = |origin: &&String| {
            let rest = origin
                .strip_prefix("https://")
                .or_else(|| origin.strip_prefix("http://"));
            let is_origin = rest.is_some_and(|rest| {
                !rest.is_empty() && !rest.contains(['/', '?', '#', '@', '*', ' '])
            });
            !(is_origin || *origin == "*")
        };
        match origins.iter().find(bad) {
            Some(origin) => Err(Error::Origin {
                origin: origin.clone(),
            }),
            None => Ok(Cors { origins }),
        }
    }

    /// The origin of a request, if pages from there may call.
    pub fn allowed(&self, request: &HeaderMap) -> Option<HeaderValue> {
        if self.origins.is_empty() {
            return None;
        }
        let origin = request.get(ORIGIN)?;
        let allowed = self
            .origins
            .iter()
            .any(|allowed| allowed == "*" || allowed.as_bytes() == origin.as_bytes());
        allowed.then(|| origin.clone())
    }

    /// Answers the question that a browser asks before the request.
    pub fn preflight<B: Default>(method: &Method, request: &HeaderMap) -> Option<Response<B>> {
        if method != Method::OPTIONS || !request.contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
            return None;
        }
        let mut response = Response::new(B::default());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        // Official clients send a dozen headers of their own; none of them is a way in.
        if let Some(wanted) = request.get(ACCESS_CONTROL_REQUEST_HEADERS) {
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
        }
        Some(response)
    }

    /// Lets pages of this origin see an answer.
    pub fn allow(origin: HeaderValue, response: &mut HeaderMap) {
        response.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        response.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        response.append(VARY, HeaderValue::from_static("origin"));
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn origin(value: &'static str) -> HeaderMap {
        [(ORIGIN, HeaderValue::from_static(value))]
            .into_iter()
            .collect()
    }

    #[test]
    fn only_configured_origins_may_call() {
        let cors = Cors::new(vec!["https://app.example.com".into()]).unwrap();
        assert!(cors.allowed(&origin("https://app.example.com")).is_some());
        for other in [
            "https://app.example.com.evil.test",
            "http://app.example.com",
            "null",
        ] {
            assert!(cors.allowed(&origin(other)).is_none());
        }
        assert!(
            Cors::new(vec![])
                .unwrap()
                .allowed(&origin("https://a.test"))
                .is_none()
        );
        assert!(
            Cors::new(vec!["*".into()])
                .unwrap()
                .allowed(&origin("https://a.test"))
                .is_some()
        );
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for text in [
            "app.example.com",
            "https://",
            "https://a.test/",
            "https://*.a.test",
            "",
        ] {
            assert!(Cors::new(vec![text.into()]).is_err(), "{text}");
        }
    }
}
