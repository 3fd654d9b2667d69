//! Every bundled provider × every fixture in its folder, and the same in Python.

use std::path::{Path, PathBuf};

use tidegate_tests::fixture::{Case, Report, cases};
use tidegate_tests::said::{aloud, assert_some_ran, is_left_out};

use crate::machine;

/// The fixtures of a guest.
pub fn of(guest: &str) -> Vec<Case> {
    let mut cases = cases(guest, &folder(guest).join("fixtures"));
    cases.retain(|case| !is_left_out(&case.name));
    cases
}

/// The folder of a guest, which has the name of its provider.
pub fn folder(guest: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../guests")
        .join(guest)
}

#[test]
fn every_bundled_provider_has_fixtures() {
    let without = |name: &&str| cases(name, &folder(name).join("fixtures")).is_empty();
    let bare: Vec<&str> = tidegate_bundle::names().filter(without).collect();
    assert!(
        bare.is_empty(),
        "no fixtures in `guests/<name>/fixtures` of {bare:?}"
    );
}

/// What `tidegate check` says of each of them, with nothing wrong in any area.
#[tokio::test(flavor = "multi_thread")]
async fn every_provider_passes_its_check_in_every_area() {
    let mut wrong = Vec::new();
    for name in tidegate_bundle::names() {
        let component = machine::bundled(name).await;
        let report = tidegate_kit::check(&component, &of(name)).await;
        let report = report.unwrap_or_else(|error| panic!("{error}"));
        let text = report.to_string();
        let points = text.lines().next().unwrap_or_default();
        aloud(&format!("check of {name}: {points}"));
        let ran = Report {
            cases: report.cases,
            ..Report::default()
        };
        assert_some_ran(&format!("fixtures of {name}"), &ran);
        if !report.passed() {
            wrong.push(format!("{name}: {text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The numbers of a report.
pub fn first_line(report: &Report) -> String {
    report.to_string().lines().next().unwrap_or_default().into()
}
