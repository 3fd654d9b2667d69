//! A struct that borrows from a JSON object, and keeps the members it does not know as they are.
//!
//! `#[serde(flatten)]` would do the same and copy every value into a buffer first.

use std::borrow::Cow;

use serde::de::Error;
use serde_json::value::RawValue;

/// Members that a struct does not know: names, and values as they stand in the body.
pub type Rest<'a> = Vec<(Cow<'a, str>, &'a RawValue)>;

/// The members as one JSON object, for `extra`; `None` where there are none.
pub fn members(rest: &Rest<'_>) -> Option<String> {
    let mut json = String::new();
    for (name, value) in rest {
        push_member(&mut json, name, value.get());
    }
    (!json.is_empty()).then(|| json + "}")
}

/// Appends a member to an object that is still open.
pub fn push_member(json: &mut String, name: &str, value: &str) {
    json.push(if json.is_empty() { '{' } else { ',' });
    // A string always has a JSON form.
    json.push_str(&serde_json::to_string(name).unwrap_or_default());
    json.push(':');
    json.push_str(value);
}

/// Makes a struct of optional fields, read from a JSON object:
///
/// ```ignore
/// object! {
///     /// A tool.
///     pub struct Tool<'a> {
///         "type" => kind: Cow<'a, str>,
///         "function" => function: Function<'a>,
///     }
/// }
/// ```
///
/// `null` is the same as absent. A member that is given twice is an error, known or not: two readers
/// of one body must not come to different opinions. What is none of the fields is kept in `rest`.
macro_rules! object {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident<$life:lifetime> {
            $( $(#[$field_meta:meta])* $key:literal => $field:ident: $type:ty, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Default)]
        $vis struct $name<$life> {
            $( $(#[$field_meta])* pub $field: Option<$type>, )*
            /// Members that are none of these.
            pub rest: $crate::json::Rest<$life>,
        }

        impl<$life> serde::Deserialize<$life> for $name<$life> {
            fn deserialize<D: serde::Deserializer<$life>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                struct Members;
                impl<$life> serde::de::Visitor<$life> for Members {
                    type Value = $name<$life>;

                    fn expecting(
                        &self,
                        formatter: &mut std::fmt::Formatter<'_>,
                    ) -> std::fmt::Result {
                        formatter.write_str("an object")
                    }

                    fn visit_map<A: serde::de::MapAccess<$life>>(
                        self,
                        mut members: A,
                    ) -> Result<Self::Value, A::Error> {
                        let mut object = $name::default();
                        $( let mut $field = false; )*
                        while let Some($crate::json::Name(name)) = members.next_key()? {
                            match &*name {
                                $(
                                    $key => {
                                        if std::mem::replace(&mut $field, true) {
                                            return Err(serde::de::Error::duplicate_field($key));
                                        }
                                        object.$field = members.next_value()?;
                                    }
                                )*
                                _ => $crate::json::keep(&mut object.rest, name, members.next_value()?)?,
                            }
                        }
                        $crate::json::no_twins(&object.rest)?;
                        Ok(object)
                    }
                }
                deserializer.deserialize_map(Members)
            }
        }
    };
}

pub(crate) use object;

/// Members of one object that nobody knows. Vendors have some dozens that others do not.
pub const MOST_MEMBERS: usize = 1_000;

/// Keeps one more member.
pub fn keep<'a, E: Error>(
    rest: &mut Rest<'a>,
    name: Cow<'a, str>,
    value: &'a RawValue,
) -> Result<(), E> {
    if rest.len() == MOST_MEMBERS {
        return Err(E::custom(format_args!(
            "there are more than {MOST_MEMBERS} members here that are not known"
        )));
    }
    rest.push((name, value));
    Ok(())
}

/// Refuses two members of one name. Sorted, because comparing each with each would let a body make
/// much more work than it has bytes.
pub fn no_twins<E: Error>(rest: &Rest<'_>) -> Result<(), E> {
    // Most objects have none, or one.
    if rest.len() < 2 {
        return Ok(());
    }
    let mut names: Vec<&str> = rest.iter().map(|(name, _)| &**name).collect();
    names.sort_unstable();
    let twins = names.windows(2).find(|pair| pair.first() == pair.last());
    match twins.and_then(|pair| pair.first()) {
        Some(name) => Err(E::custom(format_args!(
            "duplicate field `{}`",
            name.escape_debug()
        ))),
        None => Ok(()),
    }
}

/// A member's name, borrowed unless it contains escapes.
pub struct Name<'a>(pub Cow<'a, str>);

impl<'a> serde::Deserialize<'a> for Name<'a> {
    fn deserialize<D: serde::Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        super::text::text(deserializer).map(Name)
    }
}

#[cfg(test)]
mod tests {
    use crate::json::{Labels, read};

    object! {
        struct Body<'a> {
            "known" => known: u32,
            "labels" => labels: Labels,
        }
    }

    fn problem(body: &str) -> String {
        let read = read::<Body>(body.as_bytes());
        read.err().map(|it| it.to_string()).unwrap_or_default()
    }

    #[test]
    fn no_member_is_given_twice() {
        for (body, name) in [
            (r#"{"known": 1, "known": 1}"#, "known"),
            (r#"{"known": null, "known": 1}"#, "known"),
            (r#"{"odd": 1, "other": 2, "odd": 1}"#, "odd"),
            (r#"{"odd": 1, "\u006fdd": null}"#, "odd"),
            (r#"{"labels": {"a": "", "a": ""}}"#, "a"),
        ] {
            let duplicate = format!("duplicate field `{name}`");
            assert!(
                problem(body).contains(&duplicate),
                "{body}: {}",
                problem(body)
            );
        }
        assert_eq!(problem(r#"{"odd": 1, "Odd": 2, "odd ": 3}"#), "");
    }

    /// What comes after the limit is no JSON, which nobody learns who has not read it.
    #[test]
    fn members_without_end_are_refused_at_their_limit() {
        let members = |value| {
            (0..1_000)
                .map(move |it| format!(r#""{it}": {value}, "#))
                .collect()
        };
        let members: [String; 2] = [members("1"), members("\"\"")];
        let unknown = format!(r#"{{{}"one": 1, %"#, members[0]);
        let limit = "there are more than 1000 members here that are not known";
        assert!(
            problem(&unknown).starts_with(limit),
            "{}",
            problem(&unknown)
        );
        let labels = format!(r#"{{"labels": {{{}"one": %"#, members[1]);
        let limit = "`labels`: there are more than 1000 labels";
        assert!(problem(&labels).starts_with(limit), "{}", problem(&labels));
    }
}
