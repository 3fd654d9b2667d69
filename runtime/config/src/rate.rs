//! `rpm` and `tpm`: how much may be asked in a minute, of a provider or by a key.

use crate::problem::Problems;
use crate::range::read_count;
use crate::table::Table;

/// More than any vendor grants.
const MOST: u64 = 4_000_000_000;

/// At most so much in a minute; `None`: as much as comes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rate {
    /// Requests.
    pub requests: Option<u32>,
    /// Tokens, of input and output together.
    pub tokens: Option<u32>,
}

/// Takes both keys.
pub(crate) fn read(table: &mut Table, problems: &mut Problems) -> Rate {
    let mut count = |name| {
        let value = table.take(name)?;
        u32::try_from(read_count(&value, 1, MOST, problems)?).ok()
    };
    Rate {
        requests: count("rpm"),
        tokens: count("tpm"),
    }
}
