//! Dates in vendors' answers.

/// Reads a date and time by RFC 3339 (`2026-08-05T08:11:04.351521Z`, `…-07:00`) as milliseconds
/// since the Unix epoch. `None` for anything else: a date that cannot be read is not worth an error.
pub fn rfc3339_ms(text: &str) -> Option<f64> {
    let (date, time) = text.trim().split_once(['T', 't', ' '])?;
    let (year, month, day) = three(date, '-')?;
    // The offset begins at the first letter or sign after the seconds.
    let (clock, offset) = time.split_at(time.find(['Z', 'z', '+', '-'])?);
    let (hour, minute, second) = three(clock, ':')?;
    let days = days_since_epoch(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?;
    let hours: u32 = hour.parse().ok().filter(|&hour| hour < 24)?;
    let minutes: u32 = minute.parse().ok().filter(|&minute| minute < 60)?;
    // 60 is a leap second.
    let seconds: f64 = second
        .parse()
        .ok()
        .filter(|second| (0.0..61.0).contains(second))?;
    let minutes = f64::from(hours * 60 + minutes) - offset_minutes(offset)?;
    let milliseconds = (seconds * 1000.0).floor();
    Some(days as f64 * 86_400_000.0 + minutes * 60_000.0 + milliseconds)
}

fn three(text: &str, separator: char) -> Option<(&str, &str, &str)> {
    let (first, rest) = text.split_once(separator)?;
    let (second, third) = rest.split_once(separator)?;
    Some((first, second, third))
}

fn offset_minutes(offset: &str) -> Option<f64> {
    if offset.eq_ignore_ascii_case("z") {
        return Some(0.0);
    }
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let hours: u8 = hours.parse().ok()?;
    let minutes: u8 = minutes.parse().ok()?;
    let minutes = f64::from(hours) * 60.0 + f64::from(minutes);
    Some(if offset.starts_with('-') {
        -minutes
    } else {
        minutes
    })
}

/// The proleptic Gregorian calendar, by Howard Hinnant's `days_from_civil`: years begin in March, so
/// that the day of a leap year is the last.
fn days_since_epoch(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(0..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_with_fractions_and_offsets_are_read() {
        assert_eq!(rfc3339_ms("1970-01-01T00:00:00Z"), Some(0.0));
        assert_eq!(
            rfc3339_ms("2026-08-05T08:11:04.351521Z"),
            Some(1_785_917_464_351.0)
        );
        assert_eq!(
            rfc3339_ms("2024-02-29T23:59:59.5-07:00"),
            Some(1_709_276_399_500.0)
        );
        assert_eq!(
            rfc3339_ms("2024-03-01t08:59:59+02:30"),
            Some(1_709_274_599_000.0)
        );
    }

    #[test]
    fn what_is_no_date_is_nothing() {
        for text in [
            "",
            "yesterday",
            "2024-02-29",
            "2024-13-01T00:00:00Z",
            "2024-01-01T00:00:00",
            "2024-01-01T99:00:00Z",
            "2024-01-01T00:00:xxZ",
            "2024-01-01T00:00:00+",
            "99999999999999999999-01-01T00:00:00Z",
        ] {
            assert_eq!(rfc3339_ms(text), None, "{text}");
        }
    }
}
