//! What `extra` has for objects of the body that the provider fills too.
//!
//! | member | goes to |
//! |---|---|
//! | `verbosity`, the chat API's word | `text.verbosity` |
//! | members of `text` and `reasoning` | beside those of the provider, whose own stay |
//! | `include` | behind those of the provider |
//! | `store` | the body, in place of `false` |
//! | anything else | the body, unread |

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use tidegate_guest::Result;
use tidegate_guest::types::{Error, ErrorKind};

use crate::request::parse_field;

/// The members of an object, each as it is written.
pub type Members<'a> = BTreeMap<String, &'a RawValue>;

/// `extra`, taken apart.
#[derive(Debug, Default)]
pub struct Extra<'a> {
    pub text: Members<'a>,
    pub reasoning: Members<'a>,
    pub include: Vec<&'a RawValue>,
    pub says_store: bool,
    /// What is left for the body, as a JSON object.
    pub rest: Option<String>,
}

impl<'a> Extra<'a> {
    /// Takes it apart. What is no object is left for whoever joins it with the body, who says so.
    pub fn read(extra: Option<&'a str>) -> Result<Self> {
        let Some(text) = extra else {
            return Ok(Extra::default());
        };
        let Ok(mut members) = serde_json::from_str::<Members>(text) else {
            return Ok(Extra {
                rest: Some(text.into()),
                ..Extra::default()
            });
        };
        let mut read = Extra {
            text: object(members.remove("text"), "extra.text")?,
            reasoning: object(members.remove("reasoning"), "extra.reasoning")?,
            include: match members.remove("include") {
                Some(list) => parse_field("extra.include", list.get())?,
                None => Vec::new(),
            },
            says_store: members.contains_key("store"),
            rest: None,
        };
        if let Some(verbosity) = members.remove("verbosity") {
            read.text.entry("verbosity".into()).or_insert(verbosity);
        }
        if !members.is_empty() {
            let rest = serde_json::to_string(&members);
            let internal = |error| Error::new(ErrorKind::Internal, format!("`extra`: {error}"));
            read.rest = Some(rest.map_err(internal)?);
        }
        Ok(read)
    }
}

fn object<'a>(member: Option<&'a RawValue>, field: &str) -> Result<Members<'a>> {
    match member.map(RawValue::get) {
        None | Some("null") => Ok(Members::new()),
        Some(text) => parse_field(field, text),
    }
}
