//! The fixtures of the small provider through the component of every language: the contract means the
//! same in each of them.

use futures::StreamExt as _;
use serde_json::json;
use tidegate_host::types::{ChatRequest, Message};
use tidegate_host::{Component, Cost, ProviderConfig, Runtime};
use tidegate_tests::fixture::{Case, cases};
use tidegate_tests::said::{aloud, assert_some_ran, is_left_out};
use tidegate_tests::upstream::{Answer, Upstream};
use tidegate_tests::{guests, small};

use crate::fixtures::{first_line, folder};
use crate::{crowd, machine};

const NAMES: [&str; 5] = [
    "small-rust",
    "small-c",
    "small-js",
    "small-go",
    "small-python",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_small_provider_in_rust_passes_its_fixtures() {
    passes("small-rust").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_small_provider_in_python_passes_its_fixtures() {
    passes("small-python").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_small_provider_in_js_passes_its_fixtures() {
    passes("small-js").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_small_provider_in_c_passes_its_fixtures() {
    passes("small-c").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_small_provider_in_go_passes_its_fixtures() {
    passes("small-go").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_small_provider_imports_nothing_but_wasi_in_go() {
    for name in NAMES {
        let Some(bytes) = built(name) else { continue };
        let component = machine::load(name, bytes).await;
        let imports = component.imports();
        match name {
            "small-go" => assert!(imports.iter().all(|import| import.starts_with("wasi:"))),
            _ => assert!(imports.is_empty(), "`{name}` imports {imports:?}"),
        }
    }
}

/// Prints what `guests/small/README.md` says of each language.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "prints figures, and proves nothing"]
async fn what_the_small_provider_costs() {
    for name in NAMES {
        let Some(bytes) = built(name) else { continue };
        let kilobytes = bytes.len() / 1000;
        let component = machine::load(name, bytes).await;
        let imports = component.imports().len();
        let mut costs = Vec::new();
        for _ in 0..51 {
            costs.push(cost(component.clone()).await);
        }
        costs.sort_by_key(|cost| cost.cpu);
        let Cost { cpu, memory } = costs[costs.len() / 2];
        let memory = memory >> 10;
        aloud(&format!(
            "{name}: {kilobytes} KB, {imports} imports, {cpu:.0?} of CPU, {memory} KiB of memory"
        ));
    }
}

/// What a whole chat costs in an instance of its own.
async fn cost(component: Component) -> Cost {
    let upstream = Upstream::start(|_| {
        let message = json!({"role": "assistant", "content": "Hello there"});
        let choice = json!({"index": 0, "message": message, "finish_reason": "stop"});
        Answer::json(200, json!({"id": "c1", "model": "m", "choices": [choice]}))
    });
    let config = ProviderConfig::new()
        .allow(upstream.url("/*"))
        .setting("base-url", upstream.origin());
    let runtime = Runtime::builder().provider("it", component, config).build();
    let request = ChatRequest::new("it/m", vec![Message::user("Hi")]);
    let mut answer = runtime.unwrap().stream(request).await.unwrap();
    while let Some(event) = answer.next().await {
        event.unwrap();
    }
    answer.cost()
}

/// The component of a language, where it can be built.
fn built(name: &str) -> Option<Vec<u8>> {
    if name == "small-rust" {
        return Some(guests::bytes(name).to_vec());
    }
    let bytes = std::fs::read(small::component(name)?);
    Some(bytes.unwrap_or_else(|error| panic!("`{name}`: {error}")))
}

/// Runs every fixture.
async fn passes(name: &str) {
    let Some(component) = built(name) else { return };
    let component = machine::load(name, component).await;
    let cases = of(name).into_iter().map(|case| {
        let component = component.clone();
        (case.name.clone(), async move { case.run(component).await })
    });
    let report = crowd::run(cases).await;
    aloud(&format!("fixtures of {name}: {}", first_line(&report)));
    assert_some_ran(&format!("fixtures of {name}"), &report);
    report.assert_none_failed();
}

fn of(name: &str) -> Vec<Case> {
    let mut cases = cases(name, &folder("small").join("fixtures"));
    cases.retain(|case| !is_left_out(&case.name));
    cases
}
