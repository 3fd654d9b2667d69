//! JSON bodies in both directions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::types::*;
use crate::{Response, Result};

/// A `POST` of a JSON body whose answer is wanted whole.
pub fn post(url: &str, body: &impl Serialize) -> Result<HttpRequest> {
    let body = serde_json::to_string(body).map_err(internal)?;
    Ok(HttpRequest {
        method: "POST".into(),
        url: url.into(),
        headers: vec![Header {
            name: "content-type".into(),
            value: "application/json".into(),
        }],
        body: Some(Content::Text(body)),
        delivery: Delivery::Whole,
        credential: None,
        limits: FetchLimits::default(),
    })
}

/// Like [`post`], with the members of `extra` (the text of a JSON object) beside those of `body`. Where
/// both have a member, that of `body` stays: it is what the contract said, and others have relied on
/// it. [Some](STEERING) are refused even where `body` leaves them out.
pub fn post_with_extra(
    url: &str,
    body: &impl Serialize,
    extra: Option<&str>,
) -> Result<HttpRequest> {
    post_with_extra_in(url, body, extra, "")
}

/// Like [`post_with_extra`], for vendors that keep settings in an object of their own within the
/// body: where both sides have an object called `nested`, its members are joined by the same rule.
pub fn post_with_extra_in(
    url: &str,
    body: &impl Serialize,
    extra: Option<&str>,
    nested: &str,
) -> Result<HttpRequest> {
    let Some(extra) = extra else {
        return post(url, body);
    };
    let mut extra: Members = serde_json::from_str(extra).map_err(|error| {
        Error::new(
            ErrorKind::InvalidRequest,
            format!("`extra` must be a JSON object: {error}"),
        )
    })?;
    if let Some(name) = STEERING.into_iter().find(|name| extra.contains_key(*name)) {
        return Err(Error::new(
            ErrorKind::InvalidRequest,
            format!(
                "`{name}` cannot be set by `extra`\nhint: the request has a field for it, or it is the provider's to decide"
            ),
        ));
    }
    let body = serde_json::to_string(body).map_err(internal)?;
    let members: Members = serde_json::from_str(&body).map_err(internal)?;
    let inner;
    let joined = match (members.get(nested), extra.get(nested)) {
        (Some(ours), Some(theirs)) => join(ours, theirs),
        _ => None,
    };
    // What comes last stays.
    extra.extend(members);
    if let Some(joined) = joined {
        inner = serde_json::value::to_raw_value(&joined).map_err(internal)?;
        extra.insert(nested.into(), &inner);
    }
    post(url, &extra)
}

/// Which model is asked, how many answers it gives and in which form: whoever granted the request has
/// looked at the first, and the provider reads the answer as it asked for it.
const STEERING: [&str; 5] = ["model", "models", "n", "stream", "stream_options"];

/// The members of two objects; `None` where one of them is none.
fn join<'a>(ours: &'a RawValue, theirs: &'a RawValue) -> Option<Members<'a>> {
    let ours: Members = serde_json::from_str(ours.get()).ok()?;
    let mut all: Members = serde_json::from_str(theirs.get()).ok()?;
    all.extend(ours);
    Some(all)
}

/// The members of an object, each as it is written: what lies deeper keeps the order of its
/// members, which means something in a JSON Schema.
type Members<'a> = BTreeMap<String, &'a RawValue>;

fn internal(error: serde_json::Error) -> Error {
    Error::new(
        ErrorKind::Internal,
        format!("the request does not serialize: {error}"),
    )
}

/// A `GET` whose answer is wanted whole.
pub fn get(url: &str) -> HttpRequest {
    HttpRequest {
        method: "GET".into(),
        url: url.into(),
        headers: vec![],
        body: None,
        delivery: Delivery::Whole,
        credential: None,
        limits: FetchLimits::default(),
    }
}

/// Reads the body of a whole answer. What is read may borrow from it.
pub fn read<'de, T: Deserialize<'de>>(response: &'de Response) -> Result<T> {
    let read = match &response.body {
        // Known to be UTF-8: not looked at again, string by string.
        Some(Content::Text(text)) => serde_json::from_str(text),
        _ => serde_json::from_slice(response.bytes()),
    };
    read.map_err(|error| {
        // A page of a proxy is the usual reason, and its type says so at once.
        let what = match response.header("content-type") {
            Some(content_type) if !content_type.contains("json") => {
                format!("the answer of type `{content_type}`")
            }
            _ => "the answer".into(),
        };
        let mut error = malformed(&what, &error);
        error.status = Some(response.status);
        error.body = Some(crate::errors::excerpt(&response.text()));
        error
    })
}

/// Reads the data of a frame. `what` names it in the error, "a stream event" for example.
pub fn parse<'de, T: Deserialize<'de>>(what: &str, text: &'de str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        let mut error = malformed(what, &error);
        error.body = Some(crate::errors::excerpt(text));
        error
    })
}

/// Reads JSON text that came with the request, a schema for example. `field` names it in the error.
pub fn parse_field(field: &str, text: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(|error| {
        Error::new(
            ErrorKind::InvalidRequest,
            format!("`{field}` is not valid JSON: {error}"),
        )
    })
}

fn malformed(what: &str, error: &serde_json::Error) -> Error {
    Error::new(
        ErrorKind::Upstream,
        format!("{what} of the upstream is not the JSON it should be: {error}"),
    )
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
mod tests {
    use super::*;

    fn body(extra: &str) -> String {
        let body = serde_json::json!({ "options": { "seed": 1, "top_k": 2 }, "prompt": "p" });
        let request = post_with_extra_in("https://example.com/", &body, Some(extra), "options");
        match request.unwrap().body {
            Some(Content::Text(body)) => body,
            body => panic!("{body:?}"),
        }
    }

    #[test]
    fn extra_members_join_those_of_the_body_and_replace_none() {
        assert_eq!(
            body(r#"{"options":{"top_k":3,"num_ctx":4},"prompt":"q","x":{"b":1,"a":2}}"#),
            r#"{"options":{"num_ctx":4,"seed":1,"top_k":2},"prompt":"p","x":{"b":1,"a":2}}"#
        );
        assert_eq!(
            body(r#"{"options":null}"#),
            r#"{"options":{"seed":1,"top_k":2},"prompt":"p"}"#
        );
    }

    #[test]
    fn extra_that_is_no_object_or_steers_is_the_callers_mistake() {
        let body = serde_json::json!({});
        for extra in ["[1]", r#"{"stream":true}"#, r#"{"models":["a"]}"#] {
            let error = post_with_extra("https://example.com/", &body, Some(extra)).unwrap_err();
            assert_eq!(error.kind, ErrorKind::InvalidRequest, "{extra}");
        }
    }
}
