//! A table being read: keys are taken one by one, and what is left over is unknown.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::nearest;
use crate::problem::Problems;

/// A table and which of its keys were asked for.
pub(crate) struct Table<'d> {
    pub(crate) path: String,
    pub(crate) span: Range<usize>,
    entries: &'d DeTable<'d>,
    asked: Vec<&'static str>,
}

/// A value and where it stands.
#[derive(Clone)]
pub(crate) struct Value<'d> {
    name: &'d str,
    /// `providers.openai.limits.memory`.
    pub(crate) path: String,
    /// Of its key.
    pub(crate) key: Range<usize>,
    pub(crate) span: Range<usize>,
    pub(crate) value: &'d DeValue<'d>,
}

impl<'d> Table<'d> {
    pub(crate) fn root(entries: &'d DeTable<'d>) -> Self {
        Table {
            path: String::new(),
            span: 0..0,
            entries,
            asked: Vec::new(),
        }
    }

    /// The value of a key that is known.
    pub(crate) fn take(&mut self, name: &'static str) -> Option<Value<'d>> {
        self.know(&[name]);
        self.values()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }

    /// Says which keys are known before they are taken, in the order in which a hint lists them.
    pub(crate) fn know(&mut self, names: &[&'static str]) {
        for name in names {
            if !self.asked.contains(name) {
                self.asked.push(name);
            }
        }
    }

    /// The table of a section that is known, `None` where there is none.
    pub(crate) fn section(
        &mut self,
        name: &'static str,
        problems: &mut Problems,
    ) -> Option<Table<'d>> {
        self.take(name)?.table(&format!("[{name}]"), problems)
    }

    /// All values, for tables whose keys are names that the operator chooses.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&'d str, Value<'d>)> + use<'d> {
        let path = self.path.clone();
        self.entries.iter().map(move |(key, value)| {
            let name: &str = key.get_ref();
            let value = Value {
                name,
                path: match path.as_str() {
                    "" => name.into(),
                    path => format!("{path}.{name}"),
                },
                key: key.span(),
                span: value.span(),
                value: value.get_ref(),
            };
            (name, value)
        })
    }

    /// Reports the keys that nobody asked for.
    pub(crate) fn finish(self, problems: &mut Problems) {
        let asked = || self.asked.iter().copied();
        for (name, value) in self
            .values()
            .filter(|(name, _)| !asked().any(|it| it == *name))
        {
            let (within, whose) = match self.path.as_str() {
                "" => (String::new(), "the file has".into()),
                path => (format!(" in `{path}`"), format!("`{path}` has")),
            };
            problems.hide_if_suspect(&value.path, &value.span);
            problems.add(
                &value.key,
                format!("unknown key `{}`{within}", name.escape_debug()),
                nearest::hint(name, &whose, asked()),
            );
        }
    }
}

impl<'d> Value<'d> {
    /// Whether it is a table, for whoever must hide anything else.
    pub(crate) fn is_table(&self) -> bool {
        matches!(self.value, DeValue::Table(_))
    }

    pub(crate) fn is_list(&self) -> bool {
        matches!(self.value, DeValue::Array(_))
    }

    pub(crate) fn is_empty_list(&self) -> bool {
        matches!(self.value, DeValue::Array(items) if items.is_empty())
    }

    /// Its key, without the tables around it.
    pub(crate) fn name(&self) -> &'d str {
        self.name
    }

    /// A string; anything else is a problem, and `None`.
    pub(crate) fn text(&self, example: &str, problems: &mut Problems) -> Option<&'d str> {
        match self.value {
            DeValue::String(text) => Some(text),
            _ => self.wrong_type("a string", example, problems),
        }
    }

    pub(crate) fn boolean(&self, problems: &mut Problems) -> Option<bool> {
        match self.value {
            DeValue::Boolean(value) => Some(*value),
            _ => self.wrong_type("`true` or `false`", "true", problems),
        }
    }

    /// A whole number.
    pub(crate) fn integer(&self, problems: &mut Problems) -> Option<i64> {
        match self.value {
            DeValue::Integer(integer) => {
                let number = i64::from_str_radix(integer.as_str(), integer.radix());
                if number.is_err() {
                    problems.add(&self.span, format!("`{}` is too large", self.path), "");
                }
                number.ok()
            }
            _ => self.wrong_type("a whole number", "256", problems),
        }
    }

    pub(crate) fn table(&self, example: &str, problems: &mut Problems) -> Option<Table<'d>> {
        match self.value {
            DeValue::Table(entries) => Some(Table {
                path: self.path.clone(),
                span: self.key.clone(),
                entries,
                asked: Vec::new(),
            }),
            _ => self.wrong_type("a table", example, problems),
        }
    }

    /// The strings of a list, each with its place.
    pub(crate) fn texts(
        &self,
        example: &str,
        problems: &mut Problems,
    ) -> Option<Vec<(&'d str, Range<usize>)>> {
        let items = self.items("a list of strings", example, problems)?;
        let example = example.trim_matches(['[', ']']);
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            if let Some(text) = item.text(example, problems) {
                texts.push((text, item.span));
            }
        }
        Some(texts)
    }

    /// The values of a list, each with its place.
    pub(crate) fn items(
        &self,
        wanted: &str,
        example: &str,
        problems: &mut Problems,
    ) -> Option<Vec<Value<'d>>> {
        let DeValue::Array(items) = self.value else {
            return self.wrong_type(wanted, example, problems);
        };
        let items = items.iter().enumerate().map(|(index, item)| Value {
            name: self.name,
            path: format!("{}[{index}]", self.path),
            key: item.span(),
            span: item.span(),
            value: item.get_ref(),
        });
        Some(items.collect())
    }

    pub(crate) fn wrong_type<T>(
        &self,
        wanted: &str,
        example: &str,
        problems: &mut Problems,
    ) -> Option<T> {
        let found = match self.value {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number with a fraction",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        problems.add(
            &self.span,
            format!("`{}` is {found}, not {wanted}", self.path),
            match example {
                "" => String::new(),
                example => format!("write it like `{example}`"),
            },
        );
        None
    }
}
