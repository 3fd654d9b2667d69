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

/// Like [`post`], with the members of `extra` (the text of a JSON object) put over those of `body`.
pub fn post_with_extra(
    url: &str,
    body: &impl Serialize,
    extra: Option<&str>,
) -> Result<HttpRequest> {
    post_with_extra_in(url, body, extra, "")
}

/// Like [`post_with_extra`], for vendors that keep settings in an object of their own within the
/// body: where both sides have an object called `nested`, its members are put over one by one, so
/// that an extra setting does not wipe out the ordinary ones beside it.
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
    let body = serde_json::to_string(body).map_err(internal)?;
    let mut members: Members = serde_json::from_str(&body).map_err(internal)?;
    let inner;
    if let (Some(ours), Some(theirs)) = (members.get(nested), extra.get(nested))
        && let Ok(mut ours) = serde_json::from_str::<Members>(ours.get())
        && let Ok(theirs) = serde_json::from_str::<Members>(theirs.get())
    {
        ours.extend(theirs);
        inner = serde_json::value::to_raw_value(&ours).map_err(internal)?;
        extra.insert(nested.into(), &inner);
    }
    members.extend(extra);
    post(url, &members)
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
        let body = serde_json::json!({ "model": "m", "options": { "seed": 1, "top_k": 2 } });
        let request = post_with_extra_in("https://example.com/", &body, Some(extra), "options");
        match request.unwrap().body {
            Some(Content::Text(body)) => body,
            body => panic!("{body:?}"),
        }
    }

    #[test]
    fn extra_members_replace_those_of_the_body_and_nested_ones_join_them() {
        assert_eq!(
            body(r#"{"options":{"top_k":3,"num_ctx":4},"model":"n","x":{"b":1,"a":2}}"#),
            r#"{"model":"n","options":{"num_ctx":4,"seed":1,"top_k":3},"x":{"b":1,"a":2}}"#
        );
        assert_eq!(
            body(r#"{"options":null}"#),
            r#"{"model":"m","options":null}"#
        );
    }

    #[test]
    fn extra_that_is_no_object_is_the_callers_mistake() {
        let body = serde_json::json!({});
        let error = post_with_extra("https://example.com/", &body, Some("[1]")).unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidRequest);
    }
}
