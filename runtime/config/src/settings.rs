//! Tables of settings: names that a component declares, and plain values.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::DeValue;

use crate::problem::Problems;
use crate::table::Value;

/// Where settings stand: key and value.
pub(crate) type Places = BTreeMap<String, (Range<usize>, Range<usize>)>;

/// Reads them, as text. What they are called and whether the values are right only the component knows.
pub(crate) fn read(
    value: &Value,
    places: &mut Places,
    problems: &mut Problems,
) -> Vec<(String, String)> {
    let Some(table) = value.table(r#"{ name = "value" }"#, problems) else {
        return Vec::new();
    };
    let mut settings = Vec::new();
    for (name, value) in table.values() {
        let text = match value.value {
            DeValue::String(text) => text.to_string(),
            DeValue::Boolean(value) => value.to_string(),
            DeValue::Integer(_) => match value.integer(problems) {
                Some(number) => number.to_string(),
                None => continue,
            },
            // Not by way of a float: what was written is what the provider gets.
            DeValue::Float(number) if !number.as_str().contains(['n', 'i']) => {
                number.as_str().replace('_', "")
            }
            _ => {
                let wanted = "a string, number, `true` or `false`";
                value.wrong_type::<()>(wanted, "'{\"json\": \"in quotes\"}'", problems);
                continue;
            }
        };
        places.insert(name.into(), (value.key, value.span));
        settings.push((name.into(), text));
    }
    settings
}
