//! A string, or a list of strings: `stop`, `prompt`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

/// One or several.
#[derive(Debug, Default, PartialEq)]
pub struct Few(pub Vec<String>);

impl<'a> Deserialize<'a> for Few {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'a> Visitor<'a> for Either {
            type Value = Few;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string or a list of strings")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Few, E> {
                Ok(Few(vec![text.into()]))
            }

            fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<Few, A::Error> {
                let mut all = Vec::new();
                while let Some(text) = items.next_element()? {
                    all.push(text);
                }
                Ok(Few(all))
            }
        }

        deserializer.deserialize_any(Either)
    }
}
