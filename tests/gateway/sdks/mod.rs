//! Official SDKs, unmodified: each runs a script of checks in one process against a gateway to a vendor
//! that does what the scripts say, see `vendor.rs`.

// From the test to the process.
mod script;

mod installed;

// Who answers.
mod vendor;

use tidegate_gateway::{GatewayConfig, KeyConfig};
use tidegate_tests::upstream::Upstream;

use crate::support::{Served, with_openai};
use installed::Language;

const KEY: &str = "tg-sdk";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_python_sdk_of_openai_works_unmodified() {
    works(&installed::PYTHON, "openai_test.py").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_node_sdk_of_openai_works_unmodified() {
    works(&installed::NODE, "openai_test.mjs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_python_sdk_of_anthropic_works_unmodified() {
    works(&installed::PYTHON, "anthropic_test.py").await;
}

/// Runs a script; all that it asked for is freed once it is gone.
async fn works(language: &'static Language, script: &'static str) {
    let installing = tokio::task::spawn_blocking(|| language.available());
    let Some(installed) = installing.await.unwrap() else {
        return;
    };
    let upstream = Upstream::start(vendor::answers());
    let config = GatewayConfig {
        keys: vec![
            KeyConfig::new("sdk", KEY),
            KeyConfig::new("narrow", "tg-narrow").models(["openai/plain"]),
        ],
        ..GatewayConfig::default()
    };
    let served = Served::new(with_openai(&upstream).await, config).await;
    let environment = [
        // Where the SDKs themselves look: the scripts configure nothing.
        ("OPENAI_BASE_URL", served.url("/v1")),
        ("OPENAI_API_KEY", KEY.into()),
        ("ANTHROPIC_BASE_URL", served.url("")),
        ("ANTHROPIC_API_KEY", KEY.into()),
    ];
    let (result, upstream) = tokio::task::spawn_blocking(move || {
        let result = script::run(installed.command(script), &environment, &upstream);
        (result, upstream)
    })
    .await
    .unwrap();
    if let Err(report) = result {
        panic!("`{script}` found this:\n{report}");
    }
    served.until_calls("openai", 0).await;
    drop(upstream);
}
