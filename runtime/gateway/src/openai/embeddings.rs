//! `POST /v1/embeddings`.
//!
//! <https://platform.openai.com/docs/api-reference/embeddings>

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde::{Serialize, Serializer};
use tidegate_host::types::{self, EmbedInput, EmbedRequest, ErrorKind, Warning};

use super::warnings::Remarks;
use crate::call::{Call, Response};
use crate::extra::Extra;
use crate::failure::{Failure, FailureKind};
use crate::json::{self, MOST, Misread, Strays, Text, object};

object! {
    /// The body. What is not here goes to the provider as it is.
    pub struct Embed<'a> {
        "model" => model: String,
        "input" => input: Input,
        "encoding_format" => encoding_format: Text<'a>,
        "dimensions" => dimensions: u32,
        "user" => user: String,
    }
}

/// What is to be turned into vectors:
///
/// | form | inputs |
/// |---|---|
/// | `"text"` | one text |
/// | `["text", …]` | as many texts |
/// | `[1, 2, …]` | one input, as token ids |
/// | `[[1, 2, …], …]` | as many inputs, as token ids |
#[derive(Debug, Default)]
pub struct Input(Vec<EmbedInput>);

/// An item of the list.
enum Item {
    Token(u32),
    Input(EmbedInput),
}

#[derive(Serialize)]
struct List<'a> {
    object: &'static str,
    data: Vec<Embedding<'a>>,
    model: &'a str,
    usage: Usage,
    #[serde(skip_serializing_if = "Option::is_none")]
    tidegate: Option<Remarks<'a>>,
}

#[derive(Serialize)]
struct Embedding<'a> {
    object: &'static str,
    index: usize,
    embedding: Vector<'a>,
}

/// Numbers, or their bytes in base64, which official clients ask for because it is half as long.
enum Vector<'a> {
    Float(&'a [f32]),
    Base64(&'a [f32]),
}

#[derive(Serialize)]
struct Usage {
    prompt_tokens: u32,
    total_tokens: u32,
}

/// Turns inputs into vectors.
pub async fn handle(mut call: Call) -> Result<Response, Failure> {
    let body = call.body().await?;
    let (request, base64, warnings) = json::read::<Embed>(&body)?.read()?;
    drop(body);
    let model = request.model.clone();
    let mut embeddings = call.embed(request).await?;
    embeddings.warnings.splice(0..0, warnings);
    let body = write(&embeddings, &model, base64)?;
    Ok(call.whole(body, call.version().as_deref(), &embeddings.warnings))
}

impl Embed<'_> {
    /// The contract's request, whether vectors are wanted in base64, and what cannot be honoured.
    fn read(self) -> Result<(EmbedRequest, bool, impl Iterator<Item = Warning> + use<>), Misread> {
        let mut strays = Strays::default();
        let base64 = match self.encoding_format.as_deref() {
            None | Some("float") => false,
            Some("base64") => true,
            Some(other) => {
                let problem = format!("`{}` is neither `float` nor `base64`", other.escape_debug());
                return Err(Misread::new(problem).within("encoding_format"));
            }
        };
        let inputs = json::needed(self.input, "input")?.0;
        if inputs.is_empty() {
            return Err(Misread::new("there is nothing in it").within("input"));
        }
        let request = EmbedRequest {
            model: json::needed_text(self.model, "model")?,
            inputs,
            dimensions: self.dimensions,
            purpose: None,
            user: self.user,
            extra: Extra::new(&self.rest, &mut strays).json(),
        };
        Ok((request, base64, strays.into_warnings()))
    }
}

fn write(embeddings: &types::Embeddings, model: &str, base64: bool) -> Result<Vec<u8>, Failure> {
    let vectors = embeddings.vectors.iter().enumerate();
    let tokens = embeddings.usage.as_ref().and_then(|usage| usage.input);
    let list = List {
        object: "list",
        data: vectors
            .map(|(index, vector)| Embedding {
                object: "embedding",
                index,
                embedding: match base64 {
                    true => Vector::Base64(vector),
                    false => Vector::Float(vector),
                },
            })
            .collect(),
        model: embeddings.model.as_deref().unwrap_or(model),
        usage: Usage {
            prompt_tokens: tokens.unwrap_or_default(),
            total_tokens: tokens.unwrap_or_default(),
        },
        tidegate: Remarks::new(&embeddings.warnings),
    };
    serde_json::to_vec(&list)
        .map_err(|error| Failure::new(FailureKind::Call(ErrorKind::Internal), error.to_string()))
}

impl Serialize for Vector<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Vector::Float(numbers) => numbers.serialize(serializer),
            Vector::Base64(numbers) => {
                let bytes: Vec<u8> = numbers.iter().flat_map(|it| it.to_le_bytes()).collect();
                serializer.serialize_str(&STANDARD.encode(bytes))
            }
        }
    }
}

impl<'a> Deserialize<'a> for Input {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        struct Forms;

        impl<'a> Visitor<'a> for Forms {
            type Value = Input;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string, a list of strings, or token ids")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Input, E> {
                Ok(Input(vec![EmbedInput::Text(text.into())]))
            }

            fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<Input, A::Error> {
                let mut inputs = Vec::new();
                let mut tokens = Vec::new();
                while let Some(item) = items.next_element()? {
                    match item {
                        Item::Token(token) => tokens.push(token),
                        Item::Input(_) if inputs.len() == MOST => {
                            let limit = format_args!("there are more than {MOST} inputs");
                            return Err(Error::custom(limit));
                        }
                        Item::Input(input) => inputs.push(input),
                    }
                }
                match (tokens.is_empty(), inputs.is_empty()) {
                    (true, _) => Ok(Input(inputs)),
                    (false, true) => Ok(Input(vec![EmbedInput::Tokens(tokens)])),
                    (false, false) => Err(Error::custom("texts and token ids do not go together")),
                }
            }
        }

        deserializer.deserialize_any(Forms)
    }
}

impl<'a> Deserialize<'a> for Item {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        struct Forms;

        impl<'a> Visitor<'a> for Forms {
            type Value = Item;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string, a token id, or a list of token ids")
            }

            fn visit_u64<E: Error>(self, token: u64) -> Result<Item, E> {
                let token = u32::try_from(token);
                token
                    .map(Item::Token)
                    .map_err(|_| Error::custom("no token id is so large"))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Item, E> {
                Ok(Item::Input(EmbedInput::Text(text.into())))
            }

            fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<Item, A::Error> {
                let mut tokens = Vec::new();
                while let Some(token) = items.next_element()? {
                    tokens.push(token);
                }
                Ok(Item::Input(EmbedInput::Tokens(tokens)))
            }
        }

        deserializer.deserialize_any(Forms)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<EmbedRequest, Misread> {
        let (request, ..) = json::read::<Embed>(body.as_bytes())?.read()?;
        Ok(request)
    }

    #[test]
    fn all_forms_of_input_are_taken() {
        let inputs = |input: &str| {
            let body = format!(r#"{{"model": "a/b", "input": {input}}}"#);
            read(&body).unwrap().inputs
        };
        let text = |text: &str| EmbedInput::Text(text.into());
        assert_eq!(inputs(r#""a""#), [text("a")]);
        assert_eq!(inputs(r#"["a", "\u0062"]"#), [text("a"), text("b")]);
        assert_eq!(inputs("[1, 2]"), [EmbedInput::Tokens(vec![1, 2])]);
        let two = [EmbedInput::Tokens(vec![1]), EmbedInput::Tokens(vec![2, 3])];
        assert_eq!(inputs("[[1], [2, 3]]"), two);
    }

    #[test]
    fn other_inputs_are_refused_with_their_place() {
        for (input, place) in [
            ("[]", "input"),
            ("[1, \"a\"]", "input"),
            ("[-1]", "input[0]"),
            ("[\"a\", {}]", "input[1]"),
            ("[[\"a\"]]", "input[0][0]"),
            ("7", "input"),
        ] {
            let misread = read(&format!(r#"{{"model": "a/b", "input": {input}}}"#)).unwrap_err();
            assert_eq!(misread.path, place, "{misread}");
        }
    }

    /// What comes after the limit is no JSON, which nobody learns who has not read it.
    #[test]
    fn inputs_without_end_are_refused_at_their_limit() {
        for input in ["\"\",", "[],"] {
            let body = format!(r#"{{"input": [{}%"#, input.repeat(MOST + 1));
            let misread = read(&body).unwrap_err();
            assert_eq!(misread.path, "input");
            assert!(
                misread
                    .problem
                    .starts_with("there are more than 100000 inputs"),
                "{misread}"
            );
        }
    }

    #[test]
    fn base64_is_of_little_endian_floats() {
        let vector = serde_json::to_string(&Vector::Base64(&[1.0, -2.5])).unwrap();
        assert_eq!(vector, r#""AACAPwAAIMA=""#);
        assert_eq!(
            serde_json::to_string(&Vector::Float(&[0.1])).unwrap(),
            "[0.1]"
        );
    }
}
