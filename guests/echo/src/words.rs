//! Words, which are an echo's tokens. Whatever is at most a space (U+0020) stands between them.

/// How many words there are.
pub fn count(text: &str) -> u32 {
    // Eight bytes at a time: counting is most of what a large echo does. In `inside`, the top bit of
    // a byte says that it belongs to a word; adding 0x5f sets it for ASCII above the space, and the
    // bytes of other characters have it set.
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    const ABOVE_SPACE: u64 = 0x5f5f_5f5f_5f5f_5f5f;
    let starts = |bytes: u64, before: u64| {
        let inside = (((bytes & LOW) + ABOVE_SPACE) | bytes) & !LOW;
        (
            (inside & !(inside << 8 | before)).count_ones(),
            inside >> 56,
        )
    };
    let (chunks, rest) = text.as_bytes().as_chunks::<8>();
    let mut last = [0; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    let (words, _) = chunks
        .iter()
        .chain([&last])
        .fold((0, 0), |(words, before), chunk| {
            let (more, before) = starts(u64::from_le_bytes(*chunk), before);
            (words + more, before)
        });
    words
}

/// The text word by word, each with the space after it, the first also with the space before.
pub fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = match rest.find(is_word) {
            Some(word) => next_word(rest, word),
            None => rest.len(),
        };
        let (piece, after) = rest.split_at_checked(end)?;
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

/// The text in slices of so many bytes, more where a character would be cut.
pub fn slices(text: &str, bytes: usize) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (slice, after) = rest.split_at_checked(rest.ceil_char_boundary(bytes))?;
        rest = after;
        (!slice.is_empty()).then_some(slice)
    })
}

/// The first words of the text, if it has more than that.
pub fn first(text: &str, words: u32) -> Option<&str> {
    if count(text) <= words {
        return None;
    }
    let length: usize = usize::try_from(words)
        .map(|words| pieces(text).take(words).map(str::len).sum())
        .ok()?;
    Some(text.get(..length)?.trim_end_matches(is_space))
}

/// The text without the space around it.
pub fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// The words, in lower case as far as they are ASCII.
pub fn lowercase(text: &str) -> impl Iterator<Item = String> {
    text.split(is_space)
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
}

/// Where the word after the one that begins at `word` begins.
fn next_word(text: &str, word: usize) -> usize {
    let after = |start: usize, stop: fn(char) -> bool| {
        let rest = text.get(start..).unwrap_or_default();
        rest.find(stop).map_or(text.len(), |length| start + length)
    };
    after(after(word, is_space), is_word)
}

fn is_space(character: char) -> bool {
    character <= ' '
}

fn is_word(character: char) -> bool {
    !is_space(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [&str; 9] = [
        "",
        " ",
        "one",
        "one two",
        "  one\r\n\ttwo  ",
        "äöü € 𝄞",
        "exactly8",
        "exactly8 and a few more words of every length to cross the chunks",
        "\u{0} \u{7f} \u{a0} \u{2003}",
    ];

    #[test]
    fn words_are_counted_as_they_are_split() {
        for text in TEXTS {
            let split = text.split(is_space).filter(|word| !word.is_empty()).count();
            assert_eq!(count(text) as usize, split, "{text:?}");
        }
    }

    #[test]
    fn pieces_are_the_text_one_word_each() {
        for text in TEXTS {
            let pieces: Vec<_> = pieces(text).collect();
            assert_eq!(pieces.concat(), text);
            if count(text) > 0 {
                assert!(pieces.iter().all(|piece| count(piece) == 1), "{pieces:?}");
            }
        }
    }

    #[test]
    fn slices_never_cut_a_character() {
        let slices: Vec<_> = slices("aä€𝄞b", 2).collect();
        assert_eq!(slices, ["aä", "€", "𝄞", "b"]);
    }

    #[test]
    fn the_first_words_end_without_a_space() {
        assert_eq!(first(" one  two three", 2), Some(" one  two"));
        assert_eq!(first("one two", 0), Some(""));
        assert_eq!(first("one two ", 2), None);
    }
}
