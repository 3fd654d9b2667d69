//! The fixtures of the small provider through the component of every language: the contract means the
//! same in each of them.

use tidegate_tests::fixture::{Case, cases};
use tidegate_tests::said::{aloud, assert_some_ran, is_left_out};
use tidegate_tests::{guests, small};

use crate::fixtures::{first_line, folder};
use crate::{crowd, machine};

#[tokio::test(flavor = "multi_thread")]
async fn the_small_provider_in_rust_passes_its_fixtures() {
    let bytes = guests::bytes("small-rust");
    passes("small-rust", bytes.to_vec()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_small_provider_in_python_passes_its_fixtures() {
    passes_where_it_is_built("small-python").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_small_provider_in_js_passes_its_fixtures() {
    passes_where_it_is_built("small-js").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_small_provider_in_c_passes_its_fixtures() {
    passes_where_it_is_built("small-c").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_small_provider_in_go_passes_its_fixtures() {
    passes_where_it_is_built("small-go").await;
}

/// Runs every fixture, where the component can be built.
async fn passes_where_it_is_built(name: &str) {
    if let Some(path) = small::component(name) {
        let bytes = std::fs::read(path);
        passes(name, bytes.unwrap_or_else(|error| panic!("{error}"))).await;
    }
}

async fn passes(name: &str, component: Vec<u8>) {
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
