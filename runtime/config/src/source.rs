//! The text of a configuration: from a span to a line with a caret under what is wrong.

use std::ops::Range;

/// The longest line that is shown; an array of grants on one line may be far longer.
const WIDEST: usize = 120;

/// A file's name and text.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// Where something is, ready to be shown.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) column: usize,
    /// The line, printable, and how many columns before and under the caret.
    pub(crate) text: String,
    pub(crate) before: usize,
    pub(crate) width: usize,
}

impl Source {
    pub(crate) fn new(name: &str, text: &str) -> Self {
        Source {
            name: name.into(),
            text: text.into(),
        }
    }

    /// Where `span` is. What is in `hidden` is not shown: values that stand where only a reference
    /// to a secret belongs.
    pub(crate) fn place(&self, span: &Range<usize>, hidden: &[Range<usize>]) -> Place {
        let start = self.boundary(span.start);
        let line_start = self
            .text
            .get(..start)
            .unwrap_or_default()
            .rfind('\n')
            .map_or(0, |at| at + 1);
        let rest = self.text.get(line_start..).unwrap_or_default();
        let line_end = line_start + rest.find('\n').unwrap_or(rest.len());
        let line_number = self
            .text
            .bytes()
            .take(line_start)
            .filter(|byte| *byte == b'\n')
            .count()
            + 1;
        let end = self.boundary(span.end).clamp(start, line_end);
        let show = |span| self.show(span, hidden);
        let before = show(line_start..start);
        let marked = show(start..end);
        let after = show(end..line_end);
        let column = self
            .text
            .get(line_start..start)
            .unwrap_or_default()
            .chars()
            .count()
            + 1;
        let (skipped, before) = match before.chars().count() {
            length if length > WIDEST / 2 => {
                ("…", before.chars().skip(length - WIDEST / 2).collect())
            }
            _ => ("", before),
        };
        let before = format!("{skipped}{before}");
        let marked: String = marked.chars().take(WIDEST).collect();
        let room = WIDEST.saturating_sub(before.chars().count() + marked.chars().count());
        let more = if after.chars().count() > room {
            "…"
        } else {
            ""
        };
        let after: String = after.chars().take(room).collect();
        Place {
            file: self.name.clone(),
            line: line_number,
            column,
            before: before.chars().count(),
            width: marked.chars().count().max(1),
            text: format!("{before}{marked}{after}{more}").trim_end().into(),
        }
    }

    /// The text of a span on one line, control characters and hidden values replaced.
    fn show(&self, span: Range<usize>, hidden: &[Range<usize>]) -> String {
        let text = self.text.get(span.clone()).unwrap_or_default();
        let characters = text.char_indices().map(|(at, character)| {
            let at = span.start + at;
            let is_hidden = hidden.iter().any(|hidden| hidden.contains(&at));
            match character {
                _ if is_hidden => '*',
                '\t' => ' ',
                // The file may be someone else's, and its text ends on a terminal.
                character if character.is_control() => '\u{fffd}',
                character => character,
            }
        });
        characters.collect()
    }

    fn boundary(&self, mut at: usize) -> usize {
        at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}
