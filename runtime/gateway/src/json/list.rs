//! Lists, whose items are read one at a time, and of which there are never more than anybody means.
//!
//! A struct of a dozen optional fields takes hundreds of bytes, and `{}` in a body three: a body of
//! nothing else, read at once, would cost a hundred times its size before anything in it is refused.
//! So items stay as they stand in the body until each is read, and the list ends at a limit.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Items of one list, and of all lists of a request that are read one item at a time. Conversations
/// that fill the longest contexts have some thousands, and embeddings are asked for by thousands.
pub const MOST: usize = 100_000;

/// A list, of which nothing is read yet: see [`Strays::each`](super::Strays::each).
#[derive(Debug)]
pub struct List<'a, T> {
    items: Vec<&'a RawValue>,
    item: PhantomData<T>,
}

impl<'a, T> List<'a, T> {
    /// The items as they stand.
    pub fn raw(self) -> Vec<&'a RawValue> {
        self.items
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

impl<T> Default for List<'_, T> {
    fn default() -> Self {
        List {
            items: Vec::new(),
            item: PhantomData,
        }
    }
}

impl<'a, T> Deserialize<'a> for List<'a, T> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items<T>(PhantomData<T>);

        impl<'a, T> Visitor<'a> for Items<T> {
            type Value = List<'a, T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'a>>(self, items: A) -> Result<Self::Value, A::Error> {
                list(items)
            }
        }

        deserializer.deserialize_seq(Items(PhantomData))
    }
}

/// A string where a list of things could stand: `content`, `input`, `stop`.
#[derive(Debug)]
pub enum Content<'a, T> {
    Text(String),
    List(List<'a, T>),
}

impl<'a, T> Deserialize<'a> for Content<'a, T> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);

        impl<'a, T> Visitor<'a> for Either<T> {
            type Value = Content<'a, T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string or a list")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Content::Text(text.into()))
            }

            fn visit_string<E: Error>(self, text: String) -> Result<Self::Value, E> {
                Ok(Content::Text(text))
            }

            fn visit_seq<A: SeqAccess<'a>>(self, items: A) -> Result<Self::Value, A::Error> {
                list(items).map(Content::List)
            }
        }

        deserializer.deserialize_any(Either(PhantomData))
    }
}

fn list<'a, T, A: SeqAccess<'a>>(mut all: A) -> Result<List<'a, T>, A::Error> {
    let mut list = List::default();
    while let Some(item) = all.next_element()? {
        if list.items.len() == MOST {
            return Err(Error::custom(format_args!(
                "there are more than {MOST} things in this list"
            )));
        }
        list.items.push(item);
    }
    Ok(list)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::json::{Misread, Strays, object, read};

    object! {
        struct Body<'a> {
            "list" => list: List<'a, Item<'a>>,
            "content" => content: Content<'a, Item<'a>>,
        }
    }

    object! {
        struct Item<'a> {
            "type" => kind: String,
            "list" => list: List<'a, Item<'a>>,
        }
    }

    /// The rest of the body is no JSON, which nobody learns who has not read it.
    #[test]
    fn a_list_without_end_is_refused_at_its_limit_and_not_at_its_end() {
        for name in ["list", "content"] {
            let items = "{},".repeat(MOST);
            let body = format!(r#"{{"{name}": [{items}{{}}, and then %"#);
            let misread = read::<Body>(body.as_bytes()).unwrap_err();
            assert_eq!(misread.path, name);
            let limit = "there are more than 100000 things in this list (line 1";
            assert!(misread.problem.starts_with(limit), "{misread}");
        }
    }

    #[test]
    fn nothing_is_made_of_an_item_before_those_in_front_of_it_make_sense() {
        let body = format!(r#"{{"list": [{}7]}}"#, "{},".repeat(1_000));
        let body: Body = read(body.as_bytes()).unwrap();
        let mut seen = 0;
        let read = Strays::default().each("list", body.list.unwrap(), |item, _| {
            seen += 1;
            item.kind.ok_or_else(|| Misread::new("it has no `type`"))
        });
        assert_eq!(read.unwrap_err().to_string(), "`list[0]`: it has no `type`");
        assert_eq!(seen, 1);
    }

    /// Lists in lists are counted together.
    #[test]
    fn all_lists_of_a_request_share_one_limit() {
        let inner = format!(r#"{{"list": [{}{{}}]}}"#, "{},".repeat(999));
        let body = format!(
            r#"{{"list": [{}{inner}]}}"#,
            format!("{inner},").repeat(199)
        );
        let body: Body = read(body.as_bytes()).unwrap();
        let mut seen = 0;
        let read = Strays::default().each("list", body.list.unwrap(), |item, strays| {
            strays.each("list", item.list.unwrap(), |_, _| {
                seen += 1;
                Ok(())
            })
        });
        assert_eq!(
            read.unwrap_err().to_string(),
            "`list[99].list[900]`: there are more than 100000 things in the lists of this request"
        );
        assert_eq!(seen, 99 * 1_000 + 900);
    }
}
