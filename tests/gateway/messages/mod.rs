//! Messages as Anthropic's clients ask for them.

mod answers;
mod vendors;
mod failures;
mod models;

use serde_json::{Value, json};
use tidegate_gateway::GatewayConfig;
use tidegate_host::{ProviderConfig, Runtime};
use tidegate_tests::guests::component;

use crate::support::Served;

const PATH: &str = "/v1/messages";

fn question(model: &str, text: &str) -> Value {
    json!({"model": model, "max_tokens": 100, "messages": [{"role": "user", "content": text}]})
}

fn streamed(mut request: Value) -> Value {
    request["stream"] = json!(true);
    request
}

/// A gateway to `anthropic` at this address, and to `echo`.
async fn anthropic_at(origin: String) -> Served {
    let config = ProviderConfig::new()
        .allow(format!("{origin}/*"))
        .setting("base-url", format!("{origin}/v1"))
        .secret("api-key", "sk-test-secret");
    let runtime = Runtime::builder()
        .provider("echo", component("echo").await, ProviderConfig::new())
        .provider("anthropic", component("anthropic").await, config);
    Served::new(runtime.build().unwrap(), GatewayConfig::default()).await
}

fn parsed(events: &[String]) -> Vec<Value> {
    let events = events.iter();
    events.map(|it| serde_json::from_str(it).unwrap()).collect()
}

fn types(events: &[Value]) -> Vec<&str> {
    let events = events.iter();
    events.map(|it| it["type"].as_str().unwrap()).collect()
}
