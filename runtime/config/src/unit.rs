//! Sizes and durations as text.
//!
//! | form | means |
//! |---|---|
//! | `64 MiB`, `64MiB` | 64 × 2²⁰ bytes; also `KiB`, `GiB` |
//! | `64 MB` | 64 × 10⁶ bytes; also `kB`, `GB`, `B` |
//! | `10 min` | ten minutes; also `h`, `s`, `ms` |
//! | `1.5 s` | an error: whole numbers only, `1500 ms` |
//! | `10 m`, `64 M`, `64`, empty | an error that lists the units: none is guessed |

use std::time::Duration;

const SIZES: [(&str, u64); 7] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
    ("B", 1),
];

/// In milliseconds.
const TIMES: [(&str, u64); 4] = [("h", 3_600_000), ("min", 60_000), ("s", 1_000), ("ms", 1)];

/// Bytes. An error is the hint.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    parse(text, &SIZES, "64 MiB")
}

/// A duration. An error is the hint.
pub(crate) fn time(text: &str) -> Result<Duration, String> {
    parse(text, &TIMES, "10 min").map(Duration::from_millis)
}

/// As one would write it.
pub(crate) fn show_size(bytes: u64) -> String {
    show(
        bytes,
        SIZES
            .iter()
            .filter(|(unit, _)| unit.ends_with("iB") || *unit == "B"),
    )
}

/// As one would write it.
pub(crate) fn show_time(time: Duration) -> String {
    show(
        u64::try_from(time.as_millis()).unwrap_or(u64::MAX),
        TIMES.iter(),
    )
}

fn show<'a>(value: u64, units: impl Iterator<Item = &'a (&'a str, u64)>) -> String {
    let fits = |(_, factor): &&(&str, u64)| value > 0 && value.is_multiple_of(*factor);
    let mut smallest = "";
    for unit in units {
        if fits(&unit) {
            return format!("{} {}", value / unit.1, unit.0);
        }
        smallest = unit.0;
    }
    format!("{value} {smallest}")
}

fn parse(text: &str, units: &[(&str, u64)], example: &str) -> Result<u64, String> {
    let names = || {
        let names: Vec<String> = units
            .iter()
            .rev()
            .map(|(unit, _)| format!("`{unit}`"))
            .collect();
        names.join(", ")
    };
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let unit = unit.trim_start();
    if unit.starts_with(['.', ',']) {
        return Err(format!(
            "write a whole number and a smaller unit; units are {}",
            names()
        ));
    }
    if number.is_empty() {
        return Err(format!("write a number and a unit, as in `{example}`"));
    }
    let Some((_, factor)) = units.iter().find(|(name, _)| *name == unit) else {
        let meant = units
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(unit));
        return Err(match (meant, unit) {
            (Some((name, _)), _) => format!("did you mean `{number} {name}`?"),
            (None, "") => format!("add a unit, as in `{example}`; units are {}", names()),
            (None, _) => format!("units are {}", names()),
        });
    };
    let number = number.parse::<u64>().ok();
    number
        .and_then(|number| number.checked_mul(*factor))
        .ok_or_else(|| "the number is too large".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_have_units() {
        for (text, bytes) in [
            ("64 MiB", 64 << 20),
            ("1GiB", 1 << 30),
            ("10 kB", 10_000),
            (" 0  B ", 0),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        assert_eq!(time("10 min"), Ok(Duration::from_secs(600)));
        assert_eq!(time("250ms"), Ok(Duration::from_millis(250)));
    }

    #[test]
    fn what_has_none_is_told_what_would_be_right() {
        for (text, hint) in [
            ("64 mib", "did you mean `64 MiB`?"),
            (
                "64",
                "add a unit, as in `64 MiB`; units are `B`, `kB`, `MB`, `GB`, `KiB`, `MiB`, `GiB`",
            ),
            (
                "64 M",
                "units are `B`, `kB`, `MB`, `GB`, `KiB`, `MiB`, `GiB`",
            ),
            ("", "write a number and a unit, as in `64 MiB`"),
            ("-1 B", "write a number and a unit, as in `64 MiB`"),
            (
                "1.5 GiB",
                "write a whole number and a smaller unit; units are `B`, `kB`, `MB`, `GB`, `KiB`, `MiB`, `GiB`",
            ),
            ("99999999999 GiB", "the number is too large"),
        ] {
            assert_eq!(size(text), Err(hint.into()), "{text}");
        }
        assert_eq!(time("10 m"), Err("units are `ms`, `s`, `min`, `h`".into()));
    }

    #[test]
    fn what_is_shown_is_read_back() {
        for bytes in [0, 1, 1000, 1024, 64 << 20, (64 << 20) + 1, 3 << 30] {
            assert_eq!(size(&show_size(bytes)), Ok(bytes));
        }
        for milliseconds in [0, 1, 1500, 60_000, 86_400_000] {
            let duration = Duration::from_millis(milliseconds);
            assert_eq!(time(&show_time(duration)), Ok(duration));
        }
        assert_eq!(show_size(64 << 20), "64 MiB");
        assert_eq!(show_time(Duration::from_secs(600)), "10 min");
    }
}
