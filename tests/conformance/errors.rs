//! The table of errors in `wit/README.md` and the code that providers share say the same.

use std::collections::BTreeSet;

use tidegate_guest::errors::classify;
use tidegate_guest::types::{Error, ErrorKind, FetchFailure, FetchFailureKind};

use crate::readme::table;

/// The name in the contract: `RateLimited` is `rate-limited`.
fn name(kind: ErrorKind) -> String {
    let mut name = String::new();
    for letter in format!("{kind:?}")
        .rsplit("::")
        .next()
        .unwrap_or_default()
        .chars()
    {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

/// The text between the first two backticks of a cell.
fn code(cell: &str) -> &str {
    cell.split('`')
        .nth(1)
        .unwrap_or_else(|| panic!("`{cell}` has no word in backticks"))
}

/// Statuses that a cell of the table stands for.
fn statuses(cell: &str) -> Vec<u16> {
    match cell {
        "3xx" => vec![301, 302, 307, 308],
        "other 4xx" => vec![405, 406, 409, 413, 415, 422, 424, 451, 499],
        "other 5xx" => vec![500, 501, 502, 504, 520, 522, 599],
        cell if cell.starts_with("2xx") => vec![200],
        cell => cell
            .split(", ")
            .map(|status| status.parse().unwrap())
            .collect(),
    }
}

#[test]
fn a_status_alone_has_the_kind_of_the_table() {
    let rows = table(["status", "kind"]);
    for [status, kind] in &rows {
        for status in statuses(status) {
            assert_eq!(
                name(classify(status, None, None, "")),
                code(kind),
                "status {status}"
            );
        }
    }
    assert_eq!(rows.len(), 12);
}

#[test]
fn what_an_upstream_says_wins_over_its_status() {
    for [status, says, kind] in table(["status", "it says, for example", "kind"]) {
        let status = statuses(&status)[0];
        let words = code(&says);
        let classified = match says.split_whitespace().next() {
            Some("code") => classify(status, Some(words), None, "no"),
            Some("type") => classify(status, None, Some(words), "no"),
            Some("message") => classify(status, None, None, words),
            _ => panic!("`{says}` begins with neither code, type nor message"),
        };
        assert_eq!(name(classified), code(&kind), "status {status}, {says}");
    }
}

#[test]
fn a_failed_fetch_has_the_kind_of_the_table() {
    let kinds = [
        ("denied", FetchFailureKind::Denied),
        ("invalid-request", FetchFailureKind::InvalidRequest),
        ("unreachable", FetchFailureKind::Unreachable),
        ("timeout", FetchFailureKind::Timeout),
        ("interrupted", FetchFailureKind::Interrupted),
        ("too-large", FetchFailureKind::TooLarge),
        ("malformed", FetchFailureKind::Malformed),
        ("unauthorized", FetchFailureKind::Unauthorized),
    ];
    let rows = table(["failure", "kind"]);
    for (failure, kind) in kinds {
        let row = rows
            .iter()
            .find(|[cell, _]| cell.contains(&format!("`{failure}`")));
        let [_, expected] = row.unwrap_or_else(|| panic!("`{failure}` is not in the table"));
        let error = Error::from(FetchFailure {
            kind,
            message: "no".into(),
        });
        assert_eq!(name(error.kind), code(expected), "{failure}");
    }
}

#[test]
fn every_kind_can_be_met() {
    let statuses = table(["status", "kind"]).into_iter().map(|[_, kind]| kind);
    let said = table(["status", "it says, for example", "kind"]).into_iter();
    let said = said.map(|[_, _, kind]| kind);
    let failures = table(["failure", "kind"]).into_iter().map(|[_, kind]| kind);
    let met = statuses
        .chain(said)
        .chain(failures)
        .map(|cell| code(&cell).to_owned());
    let mut met: BTreeSet<String> = met.collect();
    // The provider's own, without an upstream.
    met.insert("unsupported".into());
    let wit = include_str!("../../wit/provider.wit");
    let kinds = wit
        .split_once("enum error-kind {")
        .unwrap()
        .1
        .split_once('}')
        .unwrap()
        .0;
    let kinds = kinds
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("///"));
    let kinds: BTreeSet<String> = kinds
        .filter_map(|line| line.strip_suffix(',').map(Into::into))
        .collect();
    assert_eq!(kinds.len(), 15);
    assert_eq!(met, kinds);
}
