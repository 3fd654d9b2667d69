//! What comes of inputs: vectors by the type of their numbers, and what they cost.

use serde::{Deserialize, Serialize};
use tidegate_guest::Result;
use tidegate_guest::media::from_base64;
use tidegate_guest::types::{Error, ErrorKind, Usage};

use crate::answer::count;

#[derive(Deserialize)]
pub struct Answer {
    pub embeddings: ByType,
    #[serde(default)]
    pub meta: Meta,
}

/// Vectors by the type of their numbers; the API answers those that were asked for.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ByType {
    float: Option<Vec<Vec<f32>>>,
    base64: Option<Vec<String>>,
    int8: Option<Vec<Vec<f32>>>,
    uint8: Option<Vec<Vec<f32>>>,
    binary: Option<Vec<Vec<f32>>>,
    ubinary: Option<Vec<Vec<f32>>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Meta {
    pub billed_units: Option<BilledUnits>,
    pub warnings: Option<Vec<String>>,
}

/// Vectors have no other count of tokens than this.
#[derive(Deserialize, Serialize, Default)]
#[serde(default)]
pub struct BilledUnits {
    #[serde(skip_serializing_if = "Option::is_none")]
    input_tokens: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_tokens: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    images: Option<f64>,
}

impl ByType {
    /// Those of a type, one for each input. Whole numbers stay what they are, as numbers of 32 bits.
    pub fn take(self, wanted: &str, inputs: usize) -> Result<Vec<Vec<f32>>> {
        let vectors = match wanted {
            "float" => self.float,
            "int8" => self.int8,
            "uint8" => self.uint8,
            "binary" => self.binary,
            "ubinary" => self.ubinary,
            "base64" => {
                let vectors = self.base64.unwrap_or_default();
                Some(
                    vectors
                        .iter()
                        .map(|it| decoded(it))
                        .collect::<Result<_>>()?,
                )
            }
            _ => None,
        };
        let Some(vectors) = vectors else {
            return Err(Error::new(
                ErrorKind::Upstream,
                format!("the answer of Cohere holds no vectors of type `{wanted}`"),
            ));
        };
        if vectors.len() != inputs {
            return Err(Error::new(
                ErrorKind::Upstream,
                format!(
                    "Cohere answered {inputs} inputs with {} vectors",
                    vectors.len()
                ),
            ));
        }
        Ok(vectors)
    }
}

/// Numbers of 32 bits, their lowest byte first.
fn decoded(text: &str) -> Result<Vec<f32>> {
    let bytes = from_base64(text);
    let numbers = bytes.as_deref().map(<[u8]>::as_chunks::<4>);
    match numbers {
        Some((numbers, [])) => Ok(numbers.iter().copied().map(f32::from_le_bytes).collect()),
        _ => Err(Error::new(
            ErrorKind::Upstream,
            "a vector of Cohere's answer is not the base64 of 32-bit numbers",
        )),
    }
}

impl BilledUnits {
    /// The sum of two requests.
    pub fn and(&self, more: &BilledUnits) -> BilledUnits {
        let sum = |one: Option<f64>, other: Option<f64>| match (one, other) {
            (Some(one), Some(other)) => Some(one + other),
            (one, other) => one.or(other),
        };
        BilledUnits {
            input_tokens: sum(self.input_tokens, more.input_tokens),
            image_tokens: sum(self.image_tokens, more.image_tokens),
            images: sum(self.images, more.images),
        }
    }

    /// In the contract's terms.
    pub fn usage(self) -> Usage {
        let tokens = self.input_tokens.unwrap_or(0.0) + self.image_tokens.unwrap_or(0.0);
        let known = self.input_tokens.is_some() || self.image_tokens.is_some();
        Usage {
            input: known.then(|| count(tokens)),
            raw: serde_json::to_string(&serde_json::json!({ "billed_units": self })).ok(),
            ..Usage::default()
        }
    }
}
