//! Text that a guest or an upstream wrote, made safe to print.

/// How much of somebody else's text an error repeats: enough to recognise a host name by.
const MAX_CHARACTERS: usize = 100;

/// The beginning of `text` with control, invisible and direction-changing characters escaped.
///
/// Errors end on an operator's terminal. A guest that chooses its URL could otherwise move the cursor
/// there and write a line of its own.
pub(crate) fn excerpt(text: &str) -> String {
    let mut excerpt = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == MAX_CHARACTERS {
            excerpt.push('…');
            break;
        }
        match character {
            // Harmless, and `escape_debug` would put a backslash before them.
            '"' | '\'' | '\\' => excerpt.push(character),
            _ => excerpt.extend(character.escape_debug()),
        }
    }
    excerpt
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn terminal_escapes_and_direction_marks_are_spelled_out() {
        assert_eq!(excerpt("a\u{1b}[2Jb\n\u{202e}"), "a\\u{1b}[2Jb\\n\\u{202e}");
    }

    #[test]
    fn long_text_is_cut() {
        assert_eq!(excerpt(&"x".repeat(1000)).chars().count(), 101);
    }
}
