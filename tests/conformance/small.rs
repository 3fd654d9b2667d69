//! The fixtures of the small provider through the component of every language: the contract means the
//! same in each of them.

use std::path::Path;

use tidegate_tests::fixture::{Case, cases};
use tidegate_tests::said::{aloud, assert_some_ran, is_left_out};
use tidegate_tests::small;

use crate::fixtures::{first_line, folder};
use crate::{crowd, machine};

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

/// Runs every fixture, where the component can be built.
async fn passes(name: &str) {
    let Some(path) = small::component(name) else {
        return;
    };
    let component = machine::load(name, read(path)).await;
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

fn read(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path);
    bytes.unwrap_or_else(|error| panic!("`{}`: {error}", path.display()))
}
