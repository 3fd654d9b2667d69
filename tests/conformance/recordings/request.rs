//! What a recording's caller asked, as far as the answer depends on it.
//!
//! Requests are covered by the fixtures. Here the provider is asked the shortest thing that has an
//! answer of that form, and has to send it to the path that the peer sent it to.

use std::collections::BTreeMap;

use serde_json::Value;
use tidegate_host::types::*;
use tidegate_tests::fixture::{Mismatch, default_base_path};
use tidegate_tests::upstream::Request;

use super::index::Recording;

/// Where the OpenAI dialects put their operations, under every vendor's base URL.
const OPENAI_ENDPOINTS: [&str; 5] = [
    "/chat/completions",
    "/responses",
    "/completions",
    "/embeddings",
    "/models",
];

/// Where Google puts its operations, under either API's base URL.
const GOOGLE_COLLECTIONS: [&str; 2] = ["/models/", "/projects/"];

/// Azure's query, and the setting for it.
const API_VERSION: &str = "api-version";

/// The path that the provider's base URL is to have.
pub fn base_path(recording: &Recording, info: &ProviderInfo) -> String {
    // Azure puts more than a version between its address and the operation: that is a setting.
    let path = path(recording).filter(|_| has_setting(info, "base-url"));
    let base = path.as_deref().and_then(|path| match &*recording.dialect {
        "gemini" => {
            let starts = GOOGLE_COLLECTIONS
                .iter()
                .filter_map(|collection| path.find(collection));
            path.get(..starts.min()?)
        }
        dialect if dialect.starts_with("openai-") => OPENAI_ENDPOINTS
            .iter()
            .find_map(|endpoint| path.strip_suffix(endpoint)),
        _ => None,
    });
    base.map_or_else(|| default_base_path(info), Into::into)
}

/// What the operator has set, so that the provider speaks to the API that the peer spoke to.
pub fn settings(recording: &Recording, info: &ProviderInfo) -> BTreeMap<String, String> {
    let path = path(recording);
    let after = |name: &str| {
        let segments = path.as_deref().unwrap_or_default().split('/');
        segments.skip_while(|segment| *segment != name).nth(1)
    };
    let api = match recording.dialect.as_str() {
        "openai-chat" => Some("chat-completions"),
        "openai-responses" => Some("responses"),
        _ => None,
    };
    let surface = path.as_deref().map(|path| match path {
        path if path.starts_with("/openai/deployments/") => "deployments",
        path if path.starts_with("/models/") => "models",
        _ => "v1",
    });
    let query = recording
        .request
        .as_ref()
        .and_then(|it| it.get("query")?.as_str());
    let version = query.and_then(|query| query.strip_prefix(API_VERSION)?.strip_prefix('='));
    let settings = [
        ("api", api),
        ("surface", surface),
        (API_VERSION, version),
        // Vertex AI has both in its paths.
        ("project", after("projects")),
        ("location", after("locations")),
    ];
    let settings = settings
        .into_iter()
        .filter(|(name, _)| has_setting(info, name));
    settings
        .filter_map(|(name, value)| Some((name.into(), value?.into())))
        .collect()
}

fn has_setting(info: &ProviderInfo, name: &str) -> bool {
    info.settings.iter().any(|setting| setting.name == name)
}

/// What the caller asks.
pub fn operation(recording: &Recording) -> Operation {
    let asked = |name: &str| recording.request.as_ref()?.get("body")?.get(name);
    let path = path(recording);
    let model = asked("model").and_then(Value::as_str);
    let model = model.map(Into::into).or_else(|| model_of(path.as_deref()?));
    let model = model.as_deref().unwrap_or("some-model");
    let choices = asked("n").and_then(Value::as_u64);
    let choices = choices.and_then(|choices| u32::try_from(choices).ok());
    let is_text =
        recording.dialect == "openai-completions" || path.as_deref() == Some("/api/generate");
    match recording.op.as_str() {
        "embeddings" => {
            let inputs = recording.expects("count").as_u64().unwrap_or(1);
            Operation::Embed(EmbedRequest::new(
                model,
                (0..inputs).map(|input| input.to_string()),
            ))
        }
        "models" => Operation::ListModels,
        _ if is_text => {
            let mut request = TextRequest::new(model, "Hi");
            request.stream = recording.stream;
            request.choices = choices;
            Operation::Complete(request)
        }
        _ => {
            let mut request = ChatRequest::new(model, vec![Message::user("Hi")]);
            request.stream = recording.stream;
            request.choices = choices;
            Operation::Chat(request)
        }
    }
}

/// What is wrong with what the provider sent.
pub fn mismatches(
    recording: &Recording,
    settings: &BTreeMap<String, String>,
    requests: &[Request],
) -> Vec<Mismatch> {
    let sent: Vec<String> = requests.iter().map(Request::to_string).collect();
    let [request] = requests else {
        return vec![Mismatch::new("requests", "one", sent.join(", "))];
    };
    let mut mismatches = Vec::new();
    if let Some(path) = path(recording)
        && path != request.path()
    {
        mismatches.push(Mismatch::new("the request's path", path, request.path()));
    }
    // Other vendors' queries are for choosing what not every peer chooses.
    if let Some(version) = settings.get(API_VERSION) {
        let expected = format!("{API_VERSION}={version}");
        let got = request.query().unwrap_or_default();
        if expected != got {
            mismatches.push(Mismatch::new("the request's query", expected, got));
        }
    }
    if request.method == "POST" && recording.op == "chat" {
        let streams = request.json().get("stream").and_then(Value::as_bool);
        let streams = streams.unwrap_or_else(|| match &*recording.dialect {
            // Ollama streams unless it is told not to.
            "ollama" => true,
            // These have a method for it; Google's has another form without this.
            "gemini" => request.target.ends_with(":streamGenerateContent?alt=sse"),
            "bedrock-converse" => request.target.ends_with("/converse-stream"),
            _ => false,
        });
        if streams != recording.stream {
            let expected = recording.stream.to_string();
            mismatches.push(Mismatch::new(
                "the request's stream",
                expected,
                streams.to_string(),
            ));
        }
    }
    mismatches
}

/// The path of the recorded request. What the peer has put in the place of its project, `<PROJECT>`,
/// is none until it has lost its brackets.
fn path(recording: &Recording) -> Option<String> {
    let path = recording.request.as_ref()?.get("path")?.as_str()?;
    let path = path.replace(['<', '>'], "");
    // Most of Amazon's clients encode what stands in a model's name, and some do not.
    Some(match &*recording.dialect {
        "bedrock-converse" => path.replace(':', "%3A"),
        _ => path,
    })
}

/// The model that a path names: `…/models/gemini-2.5-flash:generateContent` at Google,
/// `/model/amazon.nova-lite-v1%3A0/converse` at Amazon.
fn model_of(path: &str) -> Option<String> {
    if let Some(rest) = path.strip_prefix("/model/") {
        return rest.split('/').next().map(|name| name.replace("%3A", ":"));
    }
    let (_, name) = path.rsplit_once("/models/")?;
    name.split(':').next().map(Into::into)
}
