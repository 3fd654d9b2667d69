//! `rpm` and `tpm`: how much may be asked in a minute, of a provider or by a key.

use crate::problem::Problems;
use crate::range::read_count;
use crate::table::Table;

const MOST_REQUESTS: u64 = 10_000_000;
const MOST_TOKENS: u64 = 1_000_000_000_000;

/// At most so much in a minute; `None`: as much as comes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rate {
    /// Requests.
    pub requests: Option<u64>,
    /// Tokens, of input and output together.
    pub tokens: Option<u64>,
}

/// Takes both keys.
pub(crate) fn read(table: &mut Table, problems: &mut Problems) -> Rate {
    let mut count = |name, most| {
        let value = table.take(name)?;
        read_count(&value, 1, most, problems)
    };
    Rate {
        requests: count("rpm", MOST_REQUESTS),
        tokens: count("tpm", MOST_TOKENS),
    }
}
