//! For programs. `README.md` has the shape.

use std::io;

use serde_json::{Value, json};

use super::Checked;

pub(super) fn of(checked: &Checked) -> io::Result<Value> {
    let Checked {
        found,
        fixtures,
        report,
    } = checked;
    let info = found.component.info();
    let mut json = json!({
        "component": found.source.to_string(),
        "digest": found.component.digest().to_string(),
        "name": info.name,
        "version": info.version,
        "fixtures": fixtures.as_ref().map(|folder| folder.display().to_string()),
        "passed": report.passed(),
    });
    let report = serde_json::to_value(report).map_err(io::Error::other)?;
    if let (Value::Object(json), Value::Object(report)) = (&mut json, report) {
        json.extend(report);
    }
    Ok(json)
}
