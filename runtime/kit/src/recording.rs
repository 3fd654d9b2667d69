//! A real call of a provider, written down as a fixture.
//!
//! Credentials are in none of it: the tap hears requests before the host adds them, and answers after
//! it has masked them. What a provider was shown on purpose (`expose = true`) it may have put anywhere,
//! so such a provider is not recorded.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use serde_json::{Map, Value};
use tidegate_host::json::to_json;
use tidegate_host::types::{Header, Operation, ProviderInfo};
use tidegate_host::{CallOptions, Error, Provider, ProviderConfig, Tap, Tapped};

use crate::fixture::{
    ExpectedRequest, Fixture, Outcome, PreparedAnswer, Turn, default_base_path, repeatable,
};

/// A call that was recorded.
#[derive(Debug)]
pub struct Recording {
    /// What there is of it, in the form of a file.
    pub fixture: Fixture,
    /// How the call ended; a recorded failure is a fixture too.
    pub outcome: Outcome,
}

/// Why there is no fixture of a call.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// A secret that the provider can see.
    #[error(
        "provider `{provider}` sees its `{secret}`, which could be anywhere in what it sends\nhint: leave out `expose` of `providers.{provider}.secrets.{secret}` while a call is recorded"
    )]
    Exposed {
        /// The provider.
        provider: String,
        /// Its secret.
        secret: String,
    },
    /// The call did not begin.
    #[error(transparent)]
    Call(#[from] Error),
    /// A request went where a fixture's cannot go, or has no answer.
    #[error("{what}\nhint: {hint}")]
    Unplayable {
        /// What cannot be played.
        what: String,
        /// What to do about it.
        hint: String,
    },
}

/// A request and as much of its answer as came.
#[derive(Debug, Default)]
struct Heard {
    method: String,
    url: String,
    headers: Vec<Header>,
    body: Bytes,
    answer: Option<(u16, Vec<Header>)>,
    received: Vec<u8>,
    failed: bool,
}

impl Recording {
    /// Calls a provider and writes down what is sent and what comes. `about` and `source` are for
    /// whoever reads the fixture.
    pub async fn of(
        provider: &Provider,
        operation: Operation,
        about: &str,
        source: &str,
    ) -> Result<Recording, RecordingError> {
        let config = provider.config();
        if let Some(secret) = config.secrets.iter().find(|secret| secret.expose) {
            return Err(RecordingError::Exposed {
                provider: provider.name().into(),
                secret: secret.name.clone(),
            });
        }
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let listener = heard.clone();
        let tap = Tap::new(move |tapped| {
            hear(
                &mut listener.lock().unwrap_or_else(PoisonError::into_inner),
                tapped,
            );
        });
        let options = CallOptions {
            tap: Some(tap),
            ..repeatable()
        };
        let asked = to_json(&operation).map_err(|error| RecordingError::Unplayable {
            what: format!("the operation cannot be written: {error}"),
            hint: "operations are as in `wit/provider.wit`".into(),
        })?;
        let generation = matches!(operation, Operation::Chat(_) | Operation::Complete(_));
        let outputs = provider.call(operation, options).await?;
        let version = outputs.version().clone();
        let outcome = Outcome::of(generation, outputs).await;
        let info = version.component().info();
        let heard = std::mem::take(&mut *heard.lock().unwrap_or_else(PoisonError::into_inner));
        let base = Base::of(info, config);
        let settings = config
            .settings
            .iter()
            .filter(|(name, _)| name != "base-url");
        let fixture = Fixture {
            about: about.into(),
            source: source.into(),
            same_as: None,
            settings: settings.cloned().collect(),
            operation: asked,
            upstream: heard
                .into_iter()
                .map(|it| turn(it, &base))
                .collect::<Result<_, _>>()?,
            expect: expected(&outcome),
        };
        Ok(Recording { fixture, outcome })
    }
}

fn hear(heard: &mut Vec<Heard>, tapped: Tapped) {
    if let Tapped::Request {
        method,
        url,
        headers,
        body,
    } = tapped
    {
        heard.push(Heard {
            method,
            url,
            headers,
            body,
            ..Heard::default()
        });
        return;
    }
    let Some(last) = heard.last_mut() else {
        return;
    };
    match tapped {
        Tapped::Head { status, headers } => last.answer = Some((status, headers)),
        Tapped::Piece(piece) => last.received.extend_from_slice(&piece),
        Tapped::Failed(_) => last.failed = true,
        _ => {}
    }
}

/// Where the provider's API is, and where that is on a stage.
struct Base {
    url: Option<String>,
    path: String,
}

impl Base {
    fn of(info: &ProviderInfo, config: &ProviderConfig) -> Base {
        Base {
            url: config.value_of(info, "base-url"),
            path: default_base_path(info),
        }
    }

    /// The path of a request as a stage's upstream will see it.
    fn path(&self, url: &str) -> Option<String> {
        let base = self.url.as_deref()?;
        match url.strip_prefix(base) {
            Some(rest) if rest.is_empty() || rest.starts_with(['/', '?']) => {
                Some(format!("{}{rest}", self.path))
            }
            _ => None,
        }
    }
}

/// What the provider sent, and what came back, as a file says it.
fn turn(heard: Heard, base: &Base) -> Result<Turn, RecordingError> {
    let Some(path) = base.path(&heard.url) else {
        let url = heard.url.split('?').next().unwrap_or_default();
        return Err(RecordingError::Unplayable {
            what: format!("a request went to `{url}`, which is not below the provider's `base-url`"),
            hint: "a fixture's upstream is the one that `base-url` names; record a call that needs no other".into(),
        });
    };
    let Some((status, headers)) = heard.answer else {
        return Err(RecordingError::Unplayable {
            what: format!("`{} {path}` has no answer", heard.method),
            hint: "see whether the upstream can be reached, and record again".into(),
        });
    };
    let headers = headers
        .into_iter()
        .filter(|header| is_telling(&header.name));
    let headers: BTreeMap<String, String> =
        headers.map(|header| (header.name, header.value)).collect();
    Ok(Turn {
        request: ExpectedRequest {
            method: heard.method,
            path,
            headers: sent(heard.headers),
            body: serde_json::from_slice(&heard.body).ok(),
        },
        answer: PreparedAnswer::recorded(status, headers, &heard.received, heard.failed),
    })
}

/// Headers that a provider may decide by. The others name accounts, requests and machines, or belong
/// to the connection.
fn is_telling(name: &str) -> bool {
    matches!(name, "content-type" | "retry-after" | "retry-after-ms")
        || name.starts_with("x-ratelimit-")
}

fn sent(headers: Vec<Header>) -> BTreeMap<String, Option<String>> {
    let headers = headers.into_iter();
    headers
        .map(|header| (header.name.to_ascii_lowercase(), Some(header.value)))
        .collect()
}

/// What came, without what did not.
fn expected(outcome: &Outcome) -> Map<String, Value> {
    let mut view = outcome.view();
    if view
        .get("choices")
        .and_then(Value::as_u64)
        .is_some_and(|choices| choices < 2)
    {
        view.remove("choices");
    }
    let calls = view.get_mut("tool-calls").and_then(Value::as_array_mut);
    for call in calls.into_iter().flatten().filter_map(Value::as_object_mut) {
        // Arguments that are JSON are the same to the letter or not.
        let name = match call.get("arguments").is_some_and(Value::is_null) {
            true => "arguments",
            false => "arguments-raw",
        };
        call.remove(name);
    }
    for name in ["usage", "error"] {
        if let Some(members) = view.get_mut(name).and_then(Value::as_object_mut) {
            members.retain(|name, value| !value.is_null() && name != "raw" && name != "body");
        }
    }
    view.retain(|_, value| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => true,
    });
    view
}
