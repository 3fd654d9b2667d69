//! Sizes, times and counts that must lie in a range.

use std::time::Duration;

use toml::de::DeValue;

use crate::problem::Problems;
use crate::table::Value;
use crate::unit;

/// For ranges that fit: what does not is the most there is.
pub(crate) fn narrow(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// A size in bytes within a range.
pub(crate) fn read_size(
    value: &Value,
    at_least: u64,
    at_most: u64,
    problems: &mut Problems,
) -> Option<u64> {
    let text = unit_text(value, "64 MiB", problems)?;
    let size = unit::size(text)
        .map_err(|hint| bad_unit(value, text, "size", &hint, problems))
        .ok()?;
    within(value, size, at_least, at_most, unit::show_size, problems)
}

/// A time in milliseconds within a range.
pub(crate) fn read_time(
    value: &Value,
    at_least: u64,
    at_most: u64,
    problems: &mut Problems,
) -> Option<u64> {
    let text = unit_text(value, "10 min", problems)?;
    let time = unit::time(text)
        .map_err(|hint| bad_unit(value, text, "time", &hint, problems))
        .ok()?;
    let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let show = |milliseconds| unit::show_time(Duration::from_millis(milliseconds));
    within(value, milliseconds, at_least, at_most, show, problems)
}

/// A count within a range.
pub(crate) fn read_count(
    value: &Value,
    at_least: u64,
    at_most: u64,
    problems: &mut Problems,
) -> Option<u64> {
    let number = value.integer(problems)?;
    let Ok(number) = u64::try_from(number) else {
        out_of_range(value, &at_least.to_string(), &at_most.to_string(), problems);
        return None;
    };
    within(
        value,
        number,
        at_least,
        at_most,
        |number| number.to_string(),
        problems,
    )
}

fn unit_text<'d>(value: &Value<'d>, example: &str, problems: &mut Problems) -> Option<&'d str> {
    match value.value {
        DeValue::Integer(number) => {
            problems.add(
                &value.span,
                format!("`{}` has no unit", value.path),
                format!(
                    "write a number and a unit in quotes, as in `\"{example}\"`, not `{number}`"
                ),
            );
            None
        }
        _ => value.text(&format!("\"{example}\""), problems),
    }
}

fn bad_unit(value: &Value, text: &str, what: &str, hint: &str, problems: &mut Problems) {
    let text = text.escape_debug();
    problems.add(
        &value.span,
        format!("`{}` is `{text}`, which is no {what}", value.path),
        hint,
    );
}

fn within(
    value: &Value,
    number: u64,
    at_least: u64,
    at_most: u64,
    show: impl Fn(u64) -> String,
    problems: &mut Problems,
) -> Option<u64> {
    if (at_least..=at_most).contains(&number) {
        return Some(number);
    }
    out_of_range(value, &show(at_least), &show(at_most), problems);
    None
}

fn out_of_range(value: &Value, at_least: &str, at_most: &str, problems: &mut Problems) {
    problems.add(
        &value.span,
        format!("`{}` is out of range", value.path),
        format!("it may be {at_least} to {at_most}"),
    );
}
