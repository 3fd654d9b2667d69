//! Amounts of money as text.
//!
//! | form | means |
//! |---|---|
//! | `"10 USD"`, `"2.50 USD"`, `"0.000001 USD"` | that many US dollars |
//! | `"10"`, `10` | an error: a currency is not guessed |
//! | `"10 EUR"`, `"$10"` | an error: vendors charge in US dollars, and no rate is guessed |
//! | `"0.0000001 USD"`, `"-1 USD"` | an error: millionths are the smallest part, nothing is below 0 |

use std::fmt;

use crate::problem::Problems;
use crate::table::Value;

const MILLION: u64 = 1_000_000;

const EXAMPLE: &str = "\"2.50 USD\"";

/// US dollars, exact to the millionth: sums of many small costs must not drift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money {
    millionths: u64,
}

impl Money {
    /// Millionths of a US dollar.
    pub fn millionths(self) -> u64 {
        self.millionths
    }

    /// US dollars, for whoever multiplies.
    pub fn dollars(self) -> f64 {
        self.millionths as f64 / MILLION as f64
    }
}

impl fmt::Display for Money {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.millionths / MILLION, self.millionths % MILLION);
        if part == 0 {
            return write!(formatter, "{whole} USD");
        }
        let part = format!("{part:06}");
        let part = part.trim_end_matches('0');
        write!(formatter, "{whole}.{part:0<2} USD")
    }
}

/// Reads an amount.
pub(crate) fn read(value: &Value, problems: &mut Problems) -> Option<Money> {
    let text = value.text(EXAMPLE, problems)?;
    let money = parse(text);
    if money.is_none() {
        problems.add(
            &value.span,
            format!(
                "`{}` is `{}`, which is no amount of US dollars",
                value.path,
                text.escape_debug()
            ),
            format!("write it like `{EXAMPLE}`, with six decimals at most"),
        );
    }
    money
}

fn parse(text: &str) -> Option<Money> {
    let number = text.trim().strip_suffix("USD")?.trim_end();
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let is_number =
        |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(part) || part.len() > 6 {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let part: u64 = format!("{part:0<6}").parse().ok()?;
    let millionths = whole.checked_mul(MILLION)?.checked_add(part)?;
    Some(Money { millionths })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_read_back() {
        for (text, millionths, shown) in [
            ("10 USD", 10_000_000, "10 USD"),
            ("2.5 USD", 2_500_000, "2.50 USD"),
            (" 0.075USD ", 75_000, "0.075 USD"),
            ("0.000001 USD", 1, "0.000001 USD"),
            ("0 USD", 0, "0 USD"),
        ] {
            let money = parse(text).map(|money| (money.millionths(), money.to_string()));
            assert_eq!(money, Some((millionths, shown.to_owned())), "{text}");
            assert_eq!(parse(shown), parse(text));
        }
    }

    #[test]
    fn what_is_no_amount_is_not_guessed() {
        for text in [
            "",
            "10",
            "USD",
            "10 EUR",
            "$10",
            "-1 USD",
            "1. USD",
            ".5 USD",
            "1e3 USD",
            "0.0000001 USD",
            "99999999999999 USD",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
