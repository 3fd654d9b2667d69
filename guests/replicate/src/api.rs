//! Predictions: <https://replicate.com/docs/reference/http#predictions.create>.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::IgnoredAny;
use tidegate_guest::types::*;
use tidegate_guest::{Io, Result, json};

use crate::describe::{BASE_URL, WAIT_SECONDS};
use crate::failure;
use crate::input::Input;
use crate::prediction::Prediction;

/// A prediction that is to be made.
pub struct Order<'a> {
    pub model: &'a str,
    pub input: Input,
    pub stream: bool,
    pub extra: Option<&'a str>,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
    input: &'a Input,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<bool>,
}

/// Begins a prediction.
pub async fn create(order: &Order<'_>, io: &Io) -> Result<Prediction> {
    let (path, version) = place(order.model)?;
    check_extra(order.extra)?;
    let body = Body {
        version,
        input: &order.input,
        stream: order.stream.then_some(true),
    };
    let mut request = json::post_with_extra_in(&url(io, &path), &body, order.extra, "input")?;
    let mut header = |name: &str, value: String| {
        request.headers.push(Header {
            name: name.into(),
            value,
        });
    };
    let timeout = io.context().timeout_ms.map(|timeout| timeout / 1000);
    let seconds = wait_seconds(io).min(timeout.unwrap_or(u32::MAX));
    if !order.stream && seconds > 0 {
        header("prefer", format!("wait={seconds}"));
    }
    // Should the caller go away, nobody is left to cancel; 5 seconds are the least it takes.
    if let Some(timeout) = timeout {
        header("cancel-after", format!("{}s", timeout.max(5)));
    }
    read(request, io).await
}

/// Refuses what would make it another model than the one that was asked for, and that a gateway has
/// looked at to see who may use it.
fn check_extra(extra: Option<&str>) -> Result<()> {
    let members: Option<BTreeMap<String, IgnoredAny>> =
        extra.and_then(|extra| serde_json::from_str(extra).ok());
    match members.is_some_and(|members| members.contains_key("version")) {
        true => Err(Error::new(
            ErrorKind::InvalidRequest,
            "`version` stands beside the model, and would be another one; ask for the model `owner/name:version`",
        )),
        false => Ok(()),
    }
}

/// Looks at a prediction.
pub async fn get(id: &str, io: &Io) -> Result<Prediction> {
    read(json::get(&prediction_url(id, "", io)), io).await
}

/// Ends a prediction that nobody waits for any more.
pub async fn cancel(id: &str, io: &Io) -> Result<()> {
    let mut request = json::get(&prediction_url(id, "/cancel", io));
    request.method = "POST".into();
    read(request, io).await.map(drop)
}

async fn read(request: HttpRequest, io: &Io) -> Result<Prediction> {
    let response = failure::check(io.fetch(request).await?)?;
    let prediction: Prediction = json::read(&response)?;
    if is_name(&prediction.id) {
        return Ok(prediction);
    }
    Err(Error::new(
        ErrorKind::Upstream,
        format!("`{}` is no id of a prediction", prediction.id),
    ))
}

/// The URL of an endpoint.
pub fn url(io: &Io, path: &str) -> String {
    let base = io.setting("base-url").unwrap_or(BASE_URL);
    format!("{}{path}", base.trim_end_matches('/'))
}

/// Built from the id, not taken from `urls.get`, so that a proxy in front of Replicate is asked too.
fn prediction_url(id: &str, rest: &str, io: &Io) -> String {
    url(io, &format!("/predictions/{id}{rest}"))
}

/// Where to create a prediction, and of which version.
///
/// | model | path | version |
/// |---|---|---|
/// | `owner/name` | `/models/owner/name/predictions` | |
/// | `owner/name:version`, `version` | `/predictions` | `version` |
/// | `deployments/owner/name` | `/deployments/owner/name/predictions` | |
fn place(model: &str) -> Result<(String, Option<&str>)> {
    let (name, version) = match model.rsplit_once(':') {
        Some((name, version)) => (name, Some(version)),
        None => (model, None),
    };
    let segments: Vec<_> = name.split('/').collect();
    let valid = segments.iter().copied().chain(version).all(is_name);
    match (segments.as_slice(), version) {
        ([_, _], Some(version)) if valid => Ok(("/predictions".into(), Some(version))),
        ([version], None) if valid => Ok(("/predictions".into(), Some(version))),
        ([_, _], None) if valid => Ok((format!("/models/{name}/predictions"), None)),
        (["deployments", _, _], None) if valid => Ok((format!("/{name}/predictions"), None)),
        _ => Err(Error::new(
            ErrorKind::InvalidRequest,
            format!(
                "`{model}` names no model on Replicate\n\
                 hint: write `owner/name`, `owner/name:version` or `deployments/owner/name`"
            ),
        )),
    }
}

/// Whether a text may stand as a segment of a path.
pub fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !text.is_empty() && !text.starts_with('.') && text.bytes().all(allowed)
}

fn wait_seconds(io: &Io) -> u32 {
    let setting = io.setting("wait-seconds").unwrap_or(WAIT_SECONDS);
    // Replicate refuses more than 60.
    setting.parse().unwrap_or(0).min(60)
}
