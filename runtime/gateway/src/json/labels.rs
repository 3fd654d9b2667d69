//! Labels of the client's own: names and texts, which the vendor stores with a request.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use tidegate_host::types::Label;

use super::object::MOST_MEMBERS;

/// Labels by name.
#[derive(Debug, Clone, Default)]
pub struct Labels(pub BTreeMap<String, String>);

impl From<Labels> for Vec<Label> {
    fn from(labels: Labels) -> Self {
        let labels = labels.0.into_iter();
        labels.map(|(name, value)| Label { name, value }).collect()
    }
}

impl<'a> Deserialize<'a> for Labels {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'a> Visitor<'a> for Members {
            type Value = Labels;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object of strings")
            }

            fn visit_map<A: MapAccess<'a>>(self, mut members: A) -> Result<Labels, A::Error> {
                let mut labels = BTreeMap::new();
                while let Some(name) = members.next_key::<String>()? {
                    if labels.contains_key(&name) {
                        let twin = format_args!("duplicate field `{}`", name.escape_debug());
                        return Err(Error::custom(twin));
                    }
                    if labels.len() == MOST_MEMBERS {
                        let problem = format_args!("there are more than {MOST_MEMBERS} labels");
                        return Err(Error::custom(problem));
                    }
                    labels.insert(name, members.next_value()?);
                }
                Ok(Labels(labels))
            }
        }

        deserializer.deserialize_map(Members)
    }
}
