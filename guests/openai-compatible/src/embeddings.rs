//! Embeddings: inputs to vectors.
//!
//! <https://platform.openai.com/docs/api-reference/embeddings/create>

use std::fmt;

use serde::de::{Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tidegate_guest::media::from_base64;
use tidegate_guest::types::{EmbedInput, EmbedRequest, Embeddings, Error, ErrorKind};
use tidegate_guest::{Response, Result, json};

use crate::answer::unframed;
use crate::profile::{EmbeddingLength, Profile};
use crate::request::user;
use crate::warnings::Warnings;
use crate::wire::{Text, Usage};

/// The body of a request.
#[derive(Debug, Serialize)]
pub struct EmbedBody<'a> {
    model: &'a str,
    input: Input<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dimensions: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_dimension: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding_format: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Input<'a> {
    Texts(Vec<&'a str>),
    Tokens(Vec<&'a [u32]>),
}

impl<'a> EmbedBody<'a> {
    /// Inputs of different kinds, and media, are errors: leaving one out would shift the vectors.
    pub fn new(
        request: &'a EmbedRequest,
        profile: &Profile,
        warnings: &mut Warnings,
    ) -> Result<Self> {
        if request.purpose.is_some() {
            warnings.add(
                "purpose",
                "this API has one kind of vector for all purposes",
            );
        }
        let length = request.dimensions;
        Ok(EmbedBody {
            model: &request.model,
            input: input(&request.inputs)?,
            dimensions: length.filter(|_| profile.embedding_length == EmbeddingLength::Dimensions),
            output_dimension: length
                .filter(|_| profile.embedding_length == EmbeddingLength::OutputDimension),
            encoding_format: profile.embedding_encoding,
            user: user(request.user.as_deref(), profile, warnings),
        })
    }
}

fn input(inputs: &[EmbedInput]) -> Result<Input<'_>> {
    let mut texts = Vec::new();
    let mut tokens = Vec::new();
    for input in inputs {
        match input {
            EmbedInput::Text(text) => texts.push(text.as_str()),
            EmbedInput::Tokens(ids) => tokens.push(ids.as_slice()),
            EmbedInput::Media(_) => {
                return Err(Error::new(
                    ErrorKind::Unsupported,
                    "this API embeds text and tokens, not pictures or other media",
                ));
            }
        }
    }
    match (texts.is_empty(), tokens.is_empty()) {
        (_, true) => Ok(Input::Texts(texts)),
        (true, false) => Ok(Input::Tokens(tokens)),
        (false, false) => Err(Error::new(
            ErrorKind::InvalidRequest,
            "`inputs` must be all text or all tokens\nhint: send two requests",
        )),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer<'a> {
    data: Vec<Embedding>,
    #[serde(borrow)]
    model: Text<'a>,
    #[serde(borrow)]
    usage: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Embedding {
    #[serde(default)]
    index: Option<usize>,
    embedding: Vector,
}

/// Numbers, or the base64 of little-endian `f32`s.
struct Vector(Vec<f32>);

/// Reads an answer to a request with so many inputs.
pub fn read(response: &Response, inputs: usize, warnings: Warnings) -> Result<Embeddings> {
    let mut answer: Answer = json::read(response)?;
    if answer.data.len() != inputs {
        let text = response.text();
        return Err(unframed(&text).unwrap_or_else(|| {
            Error::new(
                ErrorKind::Upstream,
                format!(
                    "the upstream answered {inputs} inputs with {} vectors",
                    answer.data.len()
                ),
            )
        }));
    }
    // Stable, so that vectors without a number keep their order.
    answer.data.sort_by_key(|embedding| embedding.index);
    Ok(Embeddings {
        model: answer.model.non_empty().map(Into::into),
        vectors: answer
            .data
            .into_iter()
            .map(|embedding| embedding.embedding.0)
            .collect(),
        usage: answer.usage.and_then(|usage| Usage::read(usage.get())),
        warnings: warnings.into_vec(),
    })
}

impl<'de> Deserialize<'de> for Vector {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(VectorVisitor).map(Vector)
    }
}

struct VectorVisitor;

impl<'de> Visitor<'de> for VectorVisitor {
    type Value = Vec<f32>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a vector as numbers or base64")
    }

    fn visit_seq<A: SeqAccess<'de>>(
        self,
        mut numbers: A,
    ) -> std::result::Result<Self::Value, A::Error> {
        // 1536 is the commonest length.
        let mut vector = Vec::with_capacity(1536);
        while let Some(number) = numbers.next_element()? {
            vector.push(number);
        }
        Ok(vector)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> std::result::Result<Self::Value, E> {
        let bytes = from_base64(text).ok_or_else(|| E::custom("the vector is not base64"))?;
        let (numbers, rest) = bytes.as_chunks::<4>();
        if !rest.is_empty() {
            return Err(E::custom("the vector's bytes are no whole number of f32"));
        }
        Ok(numbers.iter().copied().map(f32::from_le_bytes).collect())
    }
}
