//! Parts of a stream that wait until another one is complete.

use std::collections::{HashMap, VecDeque};

use super::piece::Piece;

/// Parts that wait, in the order in which they began. A provider may begin thousands before it ends
/// one, so neither finding one nor taking the first looks at the others.
#[derive(Default)]
pub struct Kept {
    parts: VecDeque<(Option<u32>, Vec<Piece>)>,
    /// How many have been taken: what was put in as the `n`th is now `taken` places further ahead.
    taken: usize,
    numbers: HashMap<u32, usize>,
}

impl Kept {
    /// The pieces of a part that waits.
    pub fn of(&mut self, part: Option<u32>) -> Option<&mut Vec<Piece>> {
        // Nearly always none does.
        if self.parts.is_empty() {
            return None;
        }
        let number = self.numbers.get(&part?)?;
        let (_, pieces) = self.parts.get_mut(number.checked_sub(self.taken)?)?;
        Some(pieces)
    }

    /// Lets a part wait that does not yet. What is of no part waits by itself.
    pub fn push(&mut self, part: Option<u32>, piece: Piece) {
        if let Some(part) = part {
            self.numbers.insert(part, self.taken + self.parts.len());
        }
        self.parts.push_back((part, vec![piece]));
    }

    /// The first one.
    pub fn pop(&mut self) -> Option<(Option<u32>, Vec<Piece>)> {
        let (part, pieces) = self.parts.pop_front()?;
        self.taken += 1;
        if let Some(part) = part {
            self.numbers.remove(&part);
        }
        Some((part, pieces))
    }
}
