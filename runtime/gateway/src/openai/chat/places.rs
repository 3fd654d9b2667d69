//! Numbers in the order in which they first appear: choices of a stream, and tool calls of a choice,
//! which clients know by their places among each other.

use std::collections::HashMap;

/// Looked up once per event, so it takes the same time whether there are two or ten thousand.
#[derive(Debug, Default)]
pub struct Places {
    known: HashMap<u32, usize>,
    /// Nearly always it is the same again.
    last: Option<(u32, usize)>,
}

impl Places {
    /// The place of a number that has appeared.
    pub fn find(&mut self, number: u32) -> Option<usize> {
        if let Some((last, place)) = self.last
            && last == number
        {
            return Some(place);
        }
        let place = *self.known.get(&number)?;
        self.last = Some((number, place));
        Some(place)
    }

    /// The place of a number, which is the next one where it has not appeared.
    pub fn add(&mut self, number: u32) -> usize {
        let next = self.known.len();
        let place = *self.known.entry(number).or_insert(next);
        self.last = Some((number, place));
        place
    }
}
