//! Names that the API takes: of documents and of calls.

use std::borrow::Cow;
use std::collections::BTreeSet;

/// The longest name of a document.
const LONGEST_NAME: usize = 200;

/// The longest id of a call.
const LONGEST_ID: usize = 64;

/// The names of documents so far; no two in a conversation may be the same.
#[derive(Default)]
pub struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// A name that is free, as near to a file's as the API takes it: letters, digits, hyphens,
    /// parentheses, square brackets and single spaces.
    pub fn document(&mut self, file: Option<&str>) -> String {
        let file = file.unwrap_or_default();
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let fits = |letter: char| {
            letter.is_ascii_alphanumeric() || matches!(letter, '-' | '(' | ')' | '[' | ']')
        };
        let words = stem.split(|letter| !fits(letter));
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        let mut name = match words.is_empty() {
            true => "document".into(),
            false => words.join(" "),
        };
        // Room for a number behind it. What is cut is of one byte a letter.
        name.truncate(LONGEST_NAME - 10);
        let mut free = name.clone();
        let mut number = 2;
        while !self.taken.insert(free.clone()) {
            free = format!("{name} ({number})");
            number += 1;
        }
        free
    }
}

/// Ids of other vendors, which a conversation may bring along, can hold what the API refuses, or be
/// longer than it allows.
pub fn call_id(id: &str) -> Cow<'_, str> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "_.:-".contains(letter);
    if id.chars().all(fits) && id.len() <= LONGEST_ID {
        return id.into();
    }
    let mut short: String = id.replace(|letter| !fits(letter), "_");
    if short.len() > LONGEST_ID {
        // A hash of all of it keeps two apart that begin alike.
        let hash = format!("-{:016x}", hash(id.as_bytes()));
        short.truncate(LONGEST_ID - hash.len());
        short.push_str(&hash);
    }
    short.into()
}

/// FNV-1a: the same on every machine, which a conversation needs to stay in a cache.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_documents_hold_what_is_allowed_and_differ() {
        let mut names = Names::default();
        let mut name = |file| names.document(file);
        assert_eq!(name(Some("Q3 report_final.v2.pdf")), "Q3 report final v2");
        assert_eq!(name(Some("q.pdf")), "q");
        assert_eq!(name(Some("q.csv")), "q (2)");
        assert_eq!(name(None), "document");
        assert_eq!(name(Some("日本語.pdf")), "document (2)");
        assert_eq!(name(Some(&"a".repeat(300))).len(), LONGEST_NAME - 10);
    }

    #[test]
    fn ids_of_calls_are_kept_where_they_fit_and_stay_apart_where_not() {
        assert_eq!(call_id("functions.get:0"), "functions.get:0");
        assert_eq!(call_id("call|1"), "call_1");
        let long = |end| call_id(&format!("{}{end}", "x".repeat(70))).into_owned();
        assert_eq!(long("a").len(), LONGEST_ID);
        assert_ne!(long("a"), long("b"));
    }
}
