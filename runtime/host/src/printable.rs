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
