//! What a recorded failure means, and which kinds of error say the same.

use crate::readme::table;

/// The kinds that say what a recording names so, by the table in `wit/README.md`.
pub fn kinds(meaning: &str) -> Vec<String> {
    let rows = table(["meaning", "kind"]);
    let row = rows
        .iter()
        .find(|[cell, _]| words(cell).any(|word| word == meaning));
    let [_, kinds] = row.unwrap_or_else(|| panic!("`{meaning}` is not in `wit/README.md`"));
    words(kinds).map(Into::into).collect()
}

/// The words in backticks.
fn words(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}
