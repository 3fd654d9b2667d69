//! A struct that borrows from a JSON object, and keeps the members it does not know as they are.
//!
//! `#[serde(flatten)]` would do the same and copy every value into a buffer first.

use std::borrow::Cow;

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
/// `null` is the same as absent. A member that is given twice is an error: two readers of one body
/// must not come to different opinions. What is none of the fields is kept in `rest`.
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
                        while let Some($crate::json::Name(name)) = members.next_key()? {
                            match &*name {
                                $(
                                    $key => {
                                        if object.$field.is_some() {
                                            return Err(serde::de::Error::duplicate_field($key));
                                        }
                                        object.$field = members.next_value()?;
                                    }
                                )*
                                _ => object.rest.push((name, members.next_value()?)),
                            }
                        }
                        Ok(object)
                    }
                }
                deserializer.deserialize_map(Members)
            }
        }
    };
}

pub(crate) use object;

/// A member's name, borrowed unless it contains escapes.
pub struct Name<'a>(pub Cow<'a, str>);

impl<'a> serde::Deserialize<'a> for Name<'a> {
    fn deserialize<D: serde::Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        super::text::text(deserializer).map(Name)
    }
}
