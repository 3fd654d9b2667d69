//! Days since the Unix epoch as dates, in UTC.

/// Seconds of a day.
pub(crate) const DAY: u64 = 24 * 3600;
/// Days of 400 years, after which the calendar repeats.
const ERA: u64 = 146_097;
/// Days from the first of March of year 0 to the Unix epoch.
const MARCH_OF_YEAR_0: u64 = 719_468;

/// A date of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Date {
    pub(crate) year: u64,
    /// From 1.
    pub(crate) month: u64,
    /// From 1.
    pub(crate) day: u64,
}

impl Date {
    /// Of a day that is counted from the Unix epoch, by way of years that begin in March, whose leap
    /// day is their last (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    pub(crate) fn of(day: u64) -> Date {
        let day = day + MARCH_OF_YEAR_0;
        let (era, day_of_era) = (day / ERA, day % ERA);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let year = era * 400 + year_of_era;
        let (year, month) = match month {
            0..=9 => (year, month + 3),
            _ => (year + 1, month - 9),
        };
        Date { year, month, day }
    }
}

/// The first day of a month, counted from the Unix epoch.
pub(crate) fn days_before(year: u64, month: u64) -> u64 {
    let (year, month) = match month {
        1 | 2 => (year - 1, month + 9),
        _ => (year, month - 3),
    };
    let (era, year_of_era) = (year / 400, year % 400);
    let day_of_year = (153 * month + 2) / 5;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * ERA + day_of_era - MARCH_OF_YEAR_0
}
