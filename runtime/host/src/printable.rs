//! What a stranger's text may do to an operator's terminal: nothing.

/// Whether a character moves the cursor, begins a line, or reorders what is shown around it. The
/// last kind lets `gpj.exe` be read as `exe.jpg`, and is no control character to Unicode.
pub(crate) fn is_unprintable(character: char) -> bool {
    let reorders = matches!(
        character,
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    let breaks = matches!(character, '\u{2028}' | '\u{2029}');
    character.is_control() || reorders || breaks
}

/// The text, with each such character replaced.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|character| match is_unprintable(character) {
            true => char::REPLACEMENT_CHARACTER,
            false => character,
        })
        .collect()
}

/// The beginning of a text that should be short, printable: a stranger's name for a thing, say.
pub(crate) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 80;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => printable(&text[..end]) + "…",
        None => printable(text),
    }
}

#[cfg(test)]
mod tests {
    use super::{excerpt, printable};

    #[test]
    fn what_moves_breaks_or_reorders_is_replaced() {
        assert_eq!(
            printable("a\u{1b}[2J\r\n\u{202e}\u{2028}☀"),
            "a\u{fffd}[2J\u{fffd}\u{fffd}\u{fffd}\u{fffd}☀"
        );
    }

    #[test]
    fn an_excerpt_is_short_whatever_it_is_of() {
        assert_eq!(excerpt("short"), "short");
        assert_eq!(excerpt(&"☀".repeat(1_000)).chars().count(), 81);
    }
}
