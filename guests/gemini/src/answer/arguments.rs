//! Arguments that come in pieces, as
//! [Vertex AI streams them](https://docs.cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling)
//! where `streamFunctionCallArguments` asks for it: values and pieces of texts, each with its place.
//!
//! | place | is |
//! |---|---|
//! | `$.city`, `$['city']`, `$["city"]` | a member |
//! | `$.days[0]` | an item |
//! | `$` | all of it |
//! | `city` | as `$.city` |

use serde_json::{Map, Value};

use super::wire::PartialArg;

/// The most items that a place may count up to: each is made, whether it ever comes or not.
const MOST_ITEMS: usize = 10_000;

/// The arguments so far.
#[derive(Default)]
pub struct Arguments {
    value: Value,
    /// The text that goes on with the next piece for the same place.
    open: Option<String>,
}

enum Step {
    Member(String),
    Item(usize),
}

impl Arguments {
    /// Begins with what came whole.
    pub fn new(value: Value) -> Self {
        Arguments { value, open: None }
    }

    /// Takes a piece; `None` where its place makes no sense.
    pub fn take(&mut self, piece: PartialArg) -> Option<()> {
        let goes_on = self.open.as_deref() == Some(&piece.json_path);
        self.open = piece.will_continue.then(|| piece.json_path.clone());
        let place = reach(&mut self.value, &steps(&piece.json_path)?)?;
        let new = match (piece.string_value, piece.number_value, piece.bool_value) {
            (Some(more), ..) => match place {
                Value::String(text) if goes_on => {
                    text.push_str(&more);
                    return Some(());
                }
                _ => Value::String(more),
            },
            (_, Some(number), _) => Value::Number(number),
            (.., Some(truth)) => Value::Bool(truth),
            _ => Value::Null,
        };
        *place = new;
        Some(())
    }

    /// All of it, as JSON.
    pub fn into_json(self) -> String {
        match self.value {
            Value::Null => "{}".into(),
            value => value.to_string(),
        }
    }
}

fn steps(path: &str) -> Option<Vec<Step>> {
    let mut rest = path.strip_prefix('$').unwrap_or(path);
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('[') {
            let quote = inside.chars().next().filter(|it| matches!(it, '\'' | '"'));
            let (step, after) = match quote {
                Some(quote) => {
                    let (name, after) = inside.get(1..)?.split_once(&format!("{quote}]"))?;
                    (Step::Member(name.into()), after)
                }
                None => {
                    let (index, after) = inside.split_once(']')?;
                    (Step::Item(index.parse().ok()?), after)
                }
            };
            steps.push(step);
            rest = after;
        } else {
            rest = rest.strip_prefix('.').unwrap_or(rest);
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            if name.is_empty() {
                return None;
            }
            steps.push(Step::Member(name.into()));
            rest = after;
        }
    }
    Some(steps)
}

/// The value in a place, made where it is not there.
fn reach<'v>(value: &'v mut Value, steps: &[Step]) -> Option<&'v mut Value> {
    let mut value = value;
    for step in steps {
        value = match step {
            Step::Member(name) => {
                if !value.is_object() {
                    *value = Value::Object(Map::new());
                }
                value.as_object_mut()?.entry(name).or_insert(Value::Null)
            }
            Step::Item(index) => {
                if !value.is_array() {
                    *value = Value::Array(Vec::new());
                }
                let items = value.as_array_mut()?;
                if *index >= MOST_ITEMS {
                    return None;
                }
                if items.len() <= *index {
                    items.resize(index + 1, Value::Null);
                }
                items.get_mut(*index)?
            }
        };
    }
    Some(value)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use serde_json::json;

    fn put_together(pieces: Value) -> Option<Value> {
        let pieces: Vec<PartialArg> = serde_json::from_value(pieces).unwrap();
        let mut arguments = Arguments::default();
        for piece in pieces {
            arguments.take(piece)?;
        }
        serde_json::from_str(&arguments.into_json()).ok()
    }

    #[test]
    fn pieces_find_their_place() {
        let pieces = json!([
            {"jsonPath": "$.city", "stringValue": "San ", "willContinue": true},
            {"jsonPath": "$.city", "stringValue": "José"},
            {"jsonPath": "$.days[0].n", "numberValue": 7},
            {"jsonPath": "$.days[1]['a.b']", "boolValue": true},
            {"jsonPath": "$[\"none\"]", "nullValue": "NULL_VALUE"},
            {"jsonPath": "plain", "numberValue": 0.5},
        ]);
        let expected = json!({
            "city": "San José", "days": [{"n": 7}, {"a.b": true}], "none": null, "plain": 0.5
        });
        assert_eq!(put_together(pieces), Some(expected));
    }

    #[test]
    fn a_text_that_is_complete_is_replaced_and_not_continued() {
        let pieces = json!([
            {"jsonPath": "$.a", "stringValue": "x"},
            {"jsonPath": "$.a", "stringValue": "y"},
        ]);
        assert_eq!(put_together(pieces), Some(json!({"a": "y"})));
        assert_eq!(put_together(json!([])), Some(json!({})));
    }

    #[test]
    fn places_that_make_no_sense_are_refused() {
        for path in ["$.a[", "$.a[x]", "$..a", "$.a[99999999]", "$['a"] {
            let pieces = json!([{"jsonPath": path, "stringValue": "x"}]);
            assert_eq!(put_together(pieces), None, "{path}");
        }
    }
}
