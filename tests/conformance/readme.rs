//! The tables of `wit/README.md`, section "Errors": what authors read is what is tested.

/// The rows of the table with these column heads, as they stand there.
pub fn table<const COLUMNS: usize>(heads: [&str; COLUMNS]) -> Vec<[String; COLUMNS]> {
    let readme = include_str!("../../wit/README.md");
    let section = readme
        .split_once("## Errors\n")
        .expect("a section on errors")
        .1;
    let section = section.split("\n## ").next().unwrap_or_default();
    let mut lines = section.lines();
    let has_heads = |line: &str| cells::<COLUMNS>(line).is_some_and(|cells| cells == heads);
    lines.find(|line| has_heads(line)).unwrap_or_else(|| {
        panic!("`wit/README.md` has no table with the columns {heads:?} in its section on errors")
    });
    let rows = lines.skip(1).map_while(cells::<COLUMNS>);
    rows.map(|cells| cells.map(Into::into)).collect()
}

/// The cells of a line, if it is a row of so many.
fn cells<const COLUMNS: usize>(line: &str) -> Option<[&str; COLUMNS]> {
    let row = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    let cells: Vec<&str> = row.split('|').map(str::trim).collect();
    cells.try_into().ok()
}
