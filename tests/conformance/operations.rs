//! The column of operations in `guests/README.md`: what it says is what each provider describes.

use std::collections::BTreeSet;

use tidegate_host::json::to_json;
use tidegate_host::types::OperationKind;

use crate::machine;

/// What the table calls `all`.
const ALL: [OperationKind; 7] = [
    OperationKind::Chat,
    OperationKind::Complete,
    OperationKind::Embed,
    OperationKind::Rerank,
    OperationKind::ListModels,
    OperationKind::CountTokens,
    OperationKind::Check,
];

#[tokio::test(flavor = "multi_thread")]
async fn the_readme_lists_the_operations_that_each_bundled_provider_describes() {
    for name in tidegate_bundle::names() {
        let component = machine::bundled(name).await;
        let described: BTreeSet<String> = component.info().operations.iter().map(name_of).collect();
        assert_eq!(listed(name), described, "the row of {name}");
    }
}

/// What the row of a provider lists.
fn listed(provider: &str) -> BTreeSet<String> {
    let readme = include_str!("../../guests/README.md");
    let beginning = format!("| [{provider}]({provider}) |");
    let row = readme.lines().find(|line| line.starts_with(&beginning));
    let row = row.unwrap_or_else(|| panic!("`guests/README.md` has no row for {provider}"));
    let cells = row.trim_end_matches('|').rsplit('|');
    match cells.map(str::trim).next() {
        Some("all") => ALL.iter().map(name_of).collect(),
        cell => cell
            .unwrap_or_default()
            .split(", ")
            .map(Into::into)
            .collect(),
    }
}

/// The name in the contract.
fn name_of(operation: &OperationKind) -> String {
    let name = to_json(operation).expect("an enum is JSON");
    name.as_str().unwrap_or_default().into()
}
