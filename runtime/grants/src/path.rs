//! Paths and queries that mean to the upstream what they meant to the rule.
//!
//! A rule compares paths as text. That is only safe for paths which nobody between here and the
//! handler rewrites: a proxy that decodes `%2e%2e` or collapses `/v1/../admin` would serve something
//! else than what was checked. Bytes that carry no such meaning stay encoded as they stand (`%3A`).

use thiserror::Error;

use crate::excerpt::excerpt;

/// Why a path or a query was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PathError {
    /// `.` or `..`, also with a path parameter (`..;`), which Tomcat drops before it resolves the dots.
    #[error("the path has the segment `{0}`\nhint: write the path that it leads to")]
    DotSegment(String),
    /// `%2e`: a dot never needs encoding, except to hide a `..`.
    #[error("the path has an encoded `.` (`{0}`)\nhint: write `.`")]
    EncodedDot(String),
    /// `%2f`: one segment to the rule, two to an upstream that decodes first.
    #[error(
        "the path has an encoded `/` (`{0}`)\nhint: encoded slashes are never allowed in a path; if the value may stand in the query or the body, put it there"
    )]
    EncodedSlash(String),
    /// `%5c`: a separator to servers on Windows.
    #[error("the path has an encoded `\\` (`{0}`)\nhint: leave it out")]
    EncodedBackslash(String),
    /// `%00` to `%1f` and `%7f`: where C strings, headers and log lines end.
    #[error("the path has an encoded control character (`{0}`)\nhint: leave it out")]
    EncodedControl(String),
    /// `%252e`: hidden from one round of decoding, found by the second.
    #[error("the path has `{0}`, which is encoded twice\nhint: encode it once, or leave it out")]
    EncodedTwice(String),
    /// `%` that two hex digits do not follow.
    #[error(
        "the {part} has a `%` without two hex digits (`{escape}`)\nhint: write `%25` for the character `%`"
    )]
    MalformedEscape {
        /// `path` or `query`.
        part: &'static str,
        /// The `%` and what follows.
        escape: String,
    },
    /// A character that clients encode each in their own way.
    #[error("the {part} has `{character}` in it\nhint: percent-encode it: `{encoded}`")]
    MustBeEncoded {
        /// `path` or `query`.
        part: &'static str,
        /// The character, printable.
        character: String,
        /// How it is written.
        encoded: String,
    },
}

/// Checks a path that begins with `/`.
pub(crate) fn check_path(path: &str) -> Result<(), PathError> {
    check_text("path", path, |byte| {
        byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/".contains(&byte)
    })?;
    for segment in path.split('/') {
        check_segment(segment)?;
    }
    Ok(())
}

/// Checks a query, without its `?`. No rule compares it, so any well-formed escape may stand in it.
///
/// `[` and `]` pass, as in `include[]=usage`: RFC 3986 would have them encoded, but no client does. `'` does
/// not, because the `url` crate encodes it in queries, and what goes out would differ from what was checked.
pub(crate) fn check_query(query: &str) -> Result<(), PathError> {
    check_text("query", query, |byte| {
        byte.is_ascii_alphanumeric() || b"-._~!$&()*+,;=:@/?[]".contains(&byte)
    })
}

fn check_text(
    part: &'static str,
    text: &str,
    is_plain: impl Fn(u8) -> bool,
) -> Result<(), PathError> {
    for (at, character) in text.char_indices() {
        match u8::try_from(character) {
            Ok(b'%') => {
                escape_at(text, at).ok_or_else(|| PathError::MalformedEscape {
                    part,
                    escape: excerpt(&text[at..].chars().take(3).collect::<String>()),
                })?;
            }
            Ok(byte) if is_plain(byte) => {}
            _ => {
                return Err(PathError::MustBeEncoded {
                    part,
                    character: excerpt(character.encode_utf8(&mut [0; 4])),
                    encoded: percent_encode(character),
                });
            }
        }
    }
    Ok(())
}

fn check_segment(segment: &str) -> Result<(), PathError> {
    let dots = segment.trim_start_matches('.');
    let count = segment.len() - dots.len();
    let is_parameter = dots.starts_with(';') || dots.starts_with("%3b") || dots.starts_with("%3B");
    if (count == 1 || count == 2) && (dots.is_empty() || is_parameter) {
        return Err(PathError::DotSegment(excerpt(segment)));
    }
    for (at, _) in segment.match_indices('%') {
        let Some(byte) = escape_at(segment, at) else {
            continue;
        };
        let escape = segment[at..at + 3].to_owned();
        match byte {
            b'.' => return Err(PathError::EncodedDot(escape)),
            b'/' => return Err(PathError::EncodedSlash(escape)),
            b'\\' => return Err(PathError::EncodedBackslash(escape)),
            0x00..=0x1f | 0x7f => return Err(PathError::EncodedControl(escape)),
            b'%' => check_encoded_twice(&segment[at..])?,
            _ => {}
        }
    }
    Ok(())
}

/// `text` begins with `%25`; refuses `%252e`, `%25252f` and so on, while `100%25` stays.
fn check_encoded_twice(text: &str) -> Result<(), PathError> {
    let mut rest = &text[1..];
    while let Some(shorter) = rest.strip_prefix("25") {
        rest = shorter;
    }
    match rest
        .get(..2)
        .and_then(|hex| u8::from_str_radix(hex, 16).ok())
    {
        Some(b'.' | b'/' | b'\\') => {
            let length = text.len() - rest.len() + 2;
            Err(PathError::EncodedTwice(excerpt(&text[..length])))
        }
        _ => Ok(()),
    }
}

/// The byte that the escape at `at` stands for, if it is one.
fn escape_at(text: &str, at: usize) -> Option<u8> {
    let digits = text.get(at + 1..at + 3)?;
    // `from_str_radix` alone would also take `+f`.
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    u8::from_str_radix(digits, 16).ok()
}

fn percent_encode(character: char) -> String {
    let mut buffer = [0; 4];
    let bytes = character.encode_utf8(&mut buffer).bytes();
    bytes.map(|byte| format!("%{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{PathError, check_path, check_query};

    #[test]
    fn ordinary_paths_pass_as_they_stand() {
        for path in [
            "/",
            "/v1/chat/completions",
            "//",
            "/v1/",
            "/a:b@c;d=e,f'(g)*!$&+~_-",
            "/model/vendor.model-v2%3A1/invoke",
            "/%c3%A9",
            "/100%25",
            "/.well-known",
            "/...",
            "/a..b",
            "/..a",
            "/v1beta/models/m:streamContent",
        ] {
            assert_eq!(check_path(path), Ok(()), "{path}");
        }
    }

    #[test]
    fn dots_that_climb_are_refused_in_every_spelling() {
        for path in [
            "/.",
            "/..",
            "/v1/../admin",
            "/v1/./x",
            "/..;/admin",
            "/v1/..;a=b",
            "/..%3bx",
        ] {
            assert!(
                matches!(check_path(path), Err(PathError::DotSegment(_))),
                "{path}"
            );
        }
        for path in ["/%2e%2e/admin", "/.%2E/admin", "/a%2eb"] {
            assert!(
                matches!(check_path(path), Err(PathError::EncodedDot(_))),
                "{path}"
            );
        }
    }

    #[test]
    fn encoded_separators_and_control_characters_are_refused() {
        assert_eq!(
            check_path("/a%2fb"),
            Err(PathError::EncodedSlash("%2f".into()))
        );
        assert_eq!(
            check_path("/a%5Cb"),
            Err(PathError::EncodedBackslash("%5C".into()))
        );
        for path in ["/%00", "/a%0d%0ab", "/%1f", "/%7F"] {
            assert!(
                matches!(check_path(path), Err(PathError::EncodedControl(_))),
                "{path}"
            );
        }
    }

    #[test]
    fn separators_encoded_twice_are_refused() {
        for path in ["/%252e%252e/a", "/a%252Fb", "/%25255c"] {
            assert!(
                matches!(check_path(path), Err(PathError::EncodedTwice(_))),
                "{path}"
            );
        }
        assert_eq!(check_path("/a%2541"), Ok(()));
    }

    #[test]
    fn a_percent_sign_needs_two_hex_digits() {
        for text in ["/%", "/%4", "/%zz", "/%+f", "/%é"] {
            assert!(
                matches!(check_path(text), Err(PathError::MalformedEscape { .. })),
                "{text}"
            );
            assert!(
                matches!(check_query(text), Err(PathError::MalformedEscape { .. })),
                "{text}"
            );
        }
    }

    #[test]
    fn characters_that_clients_would_encode_are_refused_with_their_encoding() {
        for character in " \"<>`{}|^\\#é\u{0}\u{7f}\n".chars() {
            for error in [
                check_path(&format!("/{character}")),
                check_query(&format!("{character}")),
            ] {
                assert!(
                    matches!(error, Err(PathError::MustBeEncoded { .. })),
                    "{character:?}"
                );
            }
        }
        let error = check_path("/é").map_err(|error| error.to_string());
        let sentence = "the path has `é` in it\nhint: percent-encode it: `%C3%A9`";
        assert_eq!(error, Err(sentence.into()));
    }

    #[test]
    fn a_query_may_hold_what_a_path_may_not() {
        assert_eq!(check_query("a=%2F..%2f&b[]=%0A&c=?/"), Ok(()));
        assert!(check_query("a='").is_err());
        assert!(check_path("/[]").is_err());
    }
}
