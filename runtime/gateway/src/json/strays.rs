//! Members that have no meaning where they stand, and where that is.

use std::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;
use tidegate_host::types::Warning;

use super::{Content, List, MOST as MOST_ITEMS, Misread, Rest, reread};

/// How many are told one by one: the body of a request can be nothing else, and each word about it is
/// longer than the member.
const MOST: usize = 32;

/// What is said of a member that nobody knows.
const UNKNOWN: &str = "this is not known here, and was left out";

/// What is left out, to be told to the client. It goes along wherever a body is read, and so it also
/// counts what there is to read.
#[derive(Debug, Default)]
pub struct Strays {
    told: Vec<Stray>,
    untold: usize,
    items: usize,
}

#[derive(Debug)]
struct Stray {
    path: String,
    why: &'static str,
}

impl Strays {
    /// Notes members of the object at hand. Empty ones are worth no word: clients send back what
    /// they were given, `"annotations": []` and all.
    pub fn note(&mut self, rest: &Rest<'_>) {
        let says_something = |value: &str| !matches!(value, "null" | "[]" | "{}" | "\"\"");
        let strays = rest.iter().filter(|(_, value)| says_something(value.get()));
        for (name, _) in strays {
            self.leave_out(name, UNKNOWN);
        }
    }

    /// Notes a member that cannot go on from here, and why.
    pub fn leave_out(&mut self, name: &str, why: &'static str) {
        match self.told.len() < MOST {
            true => self.told.push(Stray {
                path: name.into(),
                why,
            }),
            false => self.untold += 1,
        }
    }

    /// Reads something under a name: what is noted, and what is wrong, is at that place.
    pub fn within<T>(
        &mut self,
        name: impl fmt::Display,
        read: impl FnOnce(&mut Self) -> Result<T, Misread>,
    ) -> Result<T, Misread> {
        let before = self.told.len();
        let value = read(self).map_err(|misread| misread.within(&name));
        for stray in self.told.iter_mut().skip(before) {
            let dot = match stray.path.chars().next() {
                None | Some('[') => "",
                Some(_) => ".",
            };
            stray.path = format!("{name}{dot}{}", stray.path);
        }
        value
    }

    /// Reads every item of a list, one after the other.
    pub fn each<'a, T: Deserialize<'a>, U>(
        &mut self,
        name: &str,
        list: List<'a, T>,
        mut read: impl FnMut(T, &mut Self) -> Result<U, Misread>,
    ) -> Result<Vec<U>, Misread> {
        self.each_raw(name, list.raw(), |raw, strays| read(reread(raw)?, strays))
    }

    /// The same for items that are looked at as they stand.
    pub fn each_raw<'a, U>(
        &mut self,
        name: &str,
        items: Vec<&'a RawValue>,
        read: impl FnMut(&'a RawValue, &mut Self) -> Result<U, Misread>,
    ) -> Result<Vec<U>, Misread> {
        self.within(name, |strays| strays.items(items, read))
    }

    /// The same where the value at hand is the list.
    pub fn items<'a, U>(
        &mut self,
        items: Vec<&'a RawValue>,
        mut read: impl FnMut(&'a RawValue, &mut Self) -> Result<U, Misread>,
    ) -> Result<Vec<U>, Misread> {
        let items = items.into_iter().enumerate();
        items
            .map(|(index, item)| {
                self.within(format_args!("[{index}]"), |strays| {
                    strays.count()?;
                    read(item, strays)
                })
            })
            .collect()
    }

    /// Strings, of which one may stand alone.
    pub fn texts(
        &mut self,
        name: &str,
        content: Option<Content<'_, String>>,
    ) -> Result<Vec<String>, Misread> {
        match content {
            None => Ok(Vec::new()),
            Some(Content::Text(text)) => Ok(vec![text]),
            Some(Content::List(list)) => self.each(name, list, |text, _| Ok(text)),
        }
    }

    fn count(&mut self) -> Result<(), Misread> {
        self.items += 1;
        match self.items <= MOST_ITEMS {
            true => Ok(()),
            false => Err(Misread::new(format!(
                "there are more than {MOST_ITEMS} things in the lists of this request"
            ))),
        }
    }

    /// One warning for each.
    pub fn into_warnings(self) -> impl Iterator<Item = Warning> {
        let told = self.told.into_iter().map(|stray| Warning {
            message: stray.why.into(),
            subject: Some(stray.path),
        });
        let more = (self.untold > 0).then(|| Warning {
            message: format!("{} more are not known here, and were left out", self.untold),
            subject: None,
        });
        told.chain(more)
    }
}
