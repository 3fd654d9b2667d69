//! Members that have no meaning where they stand, and where that is.

use std::fmt;

use tidegate_host::types::Warning;

use super::{Misread, Rest};

/// How many are told one by one: the body of a request can be nothing else, and each word about it is
/// longer than the member.
const MOST: usize = 32;

/// What is left out, to be told to the client.
#[derive(Debug, Default)]
pub struct Strays(Vec<String>, usize);

impl Strays {
    /// Notes members of the object at hand. Empty ones are worth no word: clients send back what
    /// they were given, `"annotations": []` and all.
    pub fn note(&mut self, rest: &Rest<'_>) {
        let says_something = |value: &str| !matches!(value, "null" | "[]" | "{}" | "\"\"");
        let strays = rest.iter().filter(|(_, value)| says_something(value.get()));
        for (name, _) in strays {
            self.add(|| name.to_string());
        }
    }

    /// Notes a member that is known and has no meaning beside others.
    pub fn leave_out(&mut self, name: impl Into<String>) {
        self.add(|| name.into());
    }

    fn add(&mut self, path: impl FnOnce() -> String) {
        match self.0.len() < MOST {
            true => self.0.push(path()),
            false => self.1 += 1,
        }
    }

    /// Reads something under a name: what is noted, and what is wrong, is at that place.
    pub fn within<T>(
        &mut self,
        name: impl fmt::Display,
        read: impl FnOnce(&mut Self) -> Result<T, Misread>,
    ) -> Result<T, Misread> {
        let before = self.0.len();
        let value = read(self).map_err(|misread| misread.within(&name));
        for stray in self.0.iter_mut().skip(before) {
            *stray = match stray.starts_with('[') {
                true => format!("{name}{stray}"),
                false => format!("{name}.{stray}"),
            };
        }
        value
    }

    /// The same for every item of a list.
    pub fn each<T, U>(
        &mut self,
        name: &str,
        items: Vec<T>,
        mut read: impl FnMut(T, &mut Self) -> Result<U, Misread>,
    ) -> Result<Vec<U>, Misread> {
        self.within(name, |strays| {
            let items = items.into_iter().enumerate();
            items
                .map(|(index, item)| {
                    strays.within(format_args!("[{index}]"), |strays| read(item, strays))
                })
                .collect()
        })
    }

    /// One warning for each.
    pub fn into_warnings(self) -> impl Iterator<Item = Warning> {
        let told = self.0.into_iter().map(|path| Warning {
            message: "this is not known here, and was left out".into(),
            subject: Some(path),
        });
        let more = (self.1 > 0).then(|| Warning {
            message: format!("{} more are not known here, and were left out", self.1),
            subject: None,
        });
        told.chain(more)
    }
}
