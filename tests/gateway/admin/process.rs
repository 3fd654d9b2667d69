//! The process itself: its configuration, its keys, its health, and the description of all this.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tidegate_gateway::{
    AdminProblem, ChangedProvider, GatewayConfig, KeyConfig, ProviderChange, Refusal, RefusalKind,
    Reloaded,
};
use tidegate_host::{ProviderConfig, RateLimits, Runtime};
use tidegate_tests::guests::component;

use super::support::{Operated, good, refused};
use crate::support::Answered;

#[tokio::test]
async fn a_reload_says_what_has_changed() {
    let operated = Operated::echo().await;
    operated.program.reloads_to(Ok(Reloaded {
        providers: vec![ChangedProvider {
            name: "echo".into(),
            change: ProviderChange::Swapped,
            version: Some(2),
        }],
        routes: vec!["fast".into()],
        needs_restart: vec!["[gateway]".into()],
    }));
    assert_eq!(
        operated.post("/admin/reload").await,
        json!({
            "providers": [{"name": "echo", "change": "swapped", "version": 2}],
            "routes": ["fast"],
            "needs-restart": ["[gateway]"],
        })
    );
}

#[tokio::test]
async fn a_reload_says_what_is_wrong() {
    let operated = Operated::echo().await;
    let problem = AdminProblem {
        message: "unknown key `alow`".into(),
        hint: Some("did you mean `allow`?".into()),
        file: Some("tidegate.toml".into()),
        line: Some(4),
        column: Some(1),
    };
    let refusal = Refusal::new(RefusalKind::Configuration, "unknown key `alow`");
    operated.program.reloads_to(Err(Refusal {
        problems: vec![problem],
        ..refusal.hint("did you mean `allow`?")
    }));
    let answer = Answered::of(operated.ask("POST", "/admin/reload")).await;
    refused(&answer, 422, "configuration");
    let problem = &answer.error()["problems"][0];
    assert_eq!(
        (&problem["line"], &problem["file"]),
        (&json!(4), &json!("tidegate.toml"))
    );
}

#[tokio::test]
async fn keys_are_shown_without_their_secrets() {
    let rates = RateLimits {
        requests_per_minute: Some(10),
        tokens_per_minute: Some(1_000),
    };
    let config = GatewayConfig {
        keys: vec![
            KeyConfig::new("team-a", "tg-team-a")
                .models(["echo/*", "fast"])
                .rates(rates),
            KeyConfig::new("team-b", "tg-team-b"),
        ],
        ..GatewayConfig::default()
    };
    let echo = component("echo").await;
    let builder = Runtime::builder().provider("echo", echo, ProviderConfig::new());
    let operated = Operated::new(builder, config).await;
    let body = json!({"model": "echo/echo-1", "messages": [{"role": "user", "content": "Hi"}]});
    let request = operated.served.post("/v1/chat/completions", &body);
    good(request.bearer_auth("tg-team-a")).await;
    let keys = operated.get("/admin/keys").await;
    assert!(!keys.to_string().contains("tg-"), "{keys}");
    let [a, b] = keys["keys"].as_array().unwrap().as_slice() else {
        panic!("two keys: {keys}");
    };
    assert_eq!(
        (&a["name"], &a["models"]),
        (&json!("team-a"), &json!(["echo/*", "fast"]))
    );
    assert_eq!(a["rates"]["requests"], json!({"per-minute": 10, "left": 9}));
    assert_eq!(a["rates"]["tokens"]["per-minute"], 1_000);
    assert!(a["rates"]["tokens"]["left"].as_u64().unwrap() < 1_000);
    assert_eq!(b["models"], json!(["*"]));
    assert_eq!(b["rates"], json!({"requests": null, "tokens": null}));
}

#[tokio::test]
async fn health_wants_no_key_and_readiness_ends_with_the_gateway() {
    let mut operated = Operated::echo().await;
    let ask = async |operated: &Operated, path: &str| {
        let answer = Answered::of(operated.without_key("GET", path)).await;
        (answer.status, answer.json()["status"].clone())
    };
    assert_eq!(ask(&operated, "/healthz").await, (200, json!("ok")));
    assert_eq!(ask(&operated, "/readyz").await, (200, json!("ready")));
    operated.served.stop();
    operated.served.stopped().await;
    assert_eq!(ask(&operated, "/healthz").await, (200, json!("ok")));
    assert_eq!(ask(&operated, "/readyz").await, (503, json!("draining")));
}

/// Method and path of everything that a description has.
fn operations(openapi: &Value) -> Vec<(String, String)> {
    let paths = openapi["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().keys();
        methods.map(|method| (method.to_uppercase(), path.clone()))
    });
    operations.collect()
}

#[tokio::test]
async fn all_that_is_described_is_there_and_wants_the_key() {
    let operated = Operated::echo().await;
    let openapi = operated.get("/admin/openapi.json").await;
    assert_eq!(
        openapi,
        serde_json::to_value(tidegate_gateway::openapi()).unwrap()
    );
    let operations = operations(&openapi);
    assert_eq!(operations.len(), 17);
    for (method, path) in operations {
        let item = &openapi["paths"][&path][method.to_lowercase()];
        let is_open = matches!(path.as_str(), "/healthz" | "/readyz");
        assert_eq!(item["security"].is_array(), !is_open, "{method} {path}");
        let path = path.replace("{name}", "echo").replace("{id}", "1");
        let without = Answered::of(operated.without_key(&method, &path)).await;
        assert_eq!(without.status == 401, !is_open, "{method} {path}");
        let with = Answered::of(operated.ask(&method, &path)).await;
        assert_ne!(with.status, 405, "{method} {path}");
        let is_nothing = with.text.contains("there is nothing at");
        assert!(!is_nothing, "{method} {path}");
    }
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let openapi = serde_json::to_value(tidegate_gateway::openapi()).unwrap();
    let operations = operations(&openapi);
    let names: BTreeSet<&str> = operations
        .iter()
        .map(|(method, path)| {
            let item = &openapi["paths"][path][method.to_lowercase()];
            item["operationId"].as_str().unwrap()
        })
        .collect();
    assert_eq!(names.len(), operations.len());
}

#[test]
fn every_reference_in_the_description_leads_somewhere() {
    let openapi = serde_json::to_value(tidegate_gateway::openapi()).unwrap();
    let text = openapi.to_string();
    let references = text.split(r##""$ref":"#"##).skip(1);
    let references: Vec<&str> = references
        .map(|rest| rest.split_once('"').unwrap().0)
        .collect();
    assert!(references.len() > 20, "{}", references.len());
    for reference in references {
        assert!(openapi.pointer(reference).is_some(), "{reference}");
    }
}

/// Routes and descriptions are made of the same list; this holds the page for people against it.
#[test]
fn the_readme_has_every_request_and_no_other() {
    let openapi = serde_json::to_value(tidegate_gateway::openapi()).unwrap();
    let mut described: Vec<String> = operations(&openapi)
        .into_iter()
        .map(|(method, path)| format!("{method} {path}"))
        .collect();
    let readme = include_str!("../../../runtime/cli/README.md");
    let section = readme.split_once("## The admin API").unwrap().1;
    let section = section.split_once("\n## ").unwrap().0;
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let mut told: Vec<String> = rows
        .map(|row| row.split_once('`').unwrap().0.to_owned())
        .collect();
    described.sort();
    told.sort();
    assert_eq!(told, described);
}
