//! `embed`: `POST /v2/embed` (<https://docs.cohere.com/reference/embed>).
//!
//! | inputs | go as |
//! |---|---|
//! | texts | `texts` |
//! | pictures for the purpose `image` | `images`, as the models before version 4 take them |
//! | pictures, or pictures and texts | `inputs` |
//! | token ids | an error |

mod answer;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use tidegate_guest::types::*;
use tidegate_guest::{Io, Result, json};

use self::answer::{Answer, BilledUnits};
use crate::describe::{PURPOSE, setting};
use crate::request::{Part, image_url, unsupported};
use crate::upstream::{endpoint, fetch};
use crate::warnings::Warnings;

/// The most inputs of one request.
const INPUTS: usize = 96;

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    #[serde(flatten)]
    inputs: Inputs<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    embedding_types: Option<[&'static str; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_dimension: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Inputs<'a> {
    Texts(Vec<&'a str>),
    Images(Vec<Cow<'a, str>>),
    #[serde(rename = "inputs")]
    Mixed(Vec<Input<'a>>),
}

#[derive(Serialize)]
struct Input<'a> {
    content: [Part<'a>; 1],
}

/// What of `extra` decides how the request is put together.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Extra {
    input_type: Option<String>,
    embedding_types: Option<Vec<String>>,
}

pub async fn embed(request: &EmbedRequest, io: &Io) -> Result<Embeddings> {
    let mut warnings = Warnings::default();
    if request.user.is_some() {
        warnings.add("user", "Cohere knows no end users");
    }
    // One that is no object is refused below.
    let extra = request.extra.as_deref().unwrap_or("{}");
    let extra: Extra = serde_json::from_str(extra).unwrap_or_default();
    let input_type = input_type(request, &extra, io, &mut warnings);
    if extra
        .embedding_types
        .as_ref()
        .is_some_and(|types| types.len() > 1)
    {
        warnings.add(
            "extra.embedding_types",
            "the answer holds vectors of one type; of several, the first was taken",
        );
    }

    let wanted = extra.embedding_types.iter().flatten().next();
    let wanted = wanted.map_or("float", String::as_str);
    let mut vectors = Vec::with_capacity(request.inputs.len());
    let mut used: Option<BilledUnits> = None;
    for inputs in request.inputs.chunks(INPUTS) {
        let body = Body {
            model: &request.model,
            inputs: self::inputs(inputs, input_type)?,
            input_type,
            // The API makes numbers of 32 bits unless told otherwise, and answers an older form if
            // nothing is said.
            embedding_types: extra.embedding_types.is_none().then_some(["float"]),
            output_dimension: request.dimensions,
        };
        let url = endpoint(io, "/v2/embed");
        let post = json::post_with_extra(&url, &body, request.extra.as_deref())?;
        let response = fetch(post, &mut warnings, io).await?;
        let answer: Answer = json::read(&response)?;
        for warning in answer.meta.warnings.iter().flatten() {
            warnings.remark(warning);
        }
        used = match (used, answer.meta.billed_units) {
            (Some(before), Some(now)) => Some(before.and(&now)),
            (before, now) => before.or(now),
        };
        vectors.extend(answer.embeddings.take(wanted, inputs.len())?);
    }
    Ok(Embeddings {
        model: None,
        vectors,
        usage: used.map(BilledUnits::usage),
        warnings: warnings.into_vec(),
    })
}

/// The vendor's word for the purpose. `None`: `extra` says it.
fn input_type<'a>(
    request: &'a EmbedRequest,
    extra: &Extra,
    io: &'a Io,
    warnings: &mut Warnings,
) -> Option<&'a str> {
    let purpose = match request.purpose.as_deref() {
        Some(purpose) => purpose,
        None if extra.input_type.is_some() => return None,
        None => {
            let purpose = io.setting(setting::PURPOSE).unwrap_or(PURPOSE);
            warnings.add(
                "purpose",
                format!("Cohere wants to know what vectors are for; `{purpose}` was taken"),
            );
            purpose
        }
    };
    Some(match purpose {
        "query" => "search_query",
        "document" => "search_document",
        purpose => purpose,
    })
}

fn inputs<'a>(inputs: &'a [EmbedInput], input_type: Option<&str>) -> Result<Inputs<'a>> {
    let texts: Option<Vec<&str>> = inputs.iter().map(text).collect();
    if let Some(texts) = texts {
        return Ok(Inputs::Texts(texts));
    }
    if input_type == Some("image") {
        let images = inputs.iter().map(|input| match input {
            EmbedInput::Media(media) => picture(media).and_then(image_url),
            EmbedInput::Text(_) | EmbedInput::Tokens(_) => Err(unsupported(
                "anything but pictures for the purpose `image`; leave it out",
            )),
        });
        return images.collect::<Result<_>>().map(Inputs::Images);
    }
    let inputs = inputs.iter().map(|input| {
        let part = match input {
            EmbedInput::Text(text) => Part::text(text),
            EmbedInput::Media(media) => Part::image(picture(media)?)?,
            EmbedInput::Tokens(_) => {
                return Err(unsupported("token ids; send the text that they stand for"));
            }
        };
        Ok(Input { content: [part] })
    });
    inputs.collect::<Result<_>>().map(Inputs::Mixed)
}

fn text(input: &EmbedInput) -> Option<&str> {
    match input {
        EmbedInput::Text(text) => Some(text),
        EmbedInput::Tokens(_) | EmbedInput::Media(_) => None,
    }
}

fn picture(media: &Media) -> Result<&Media> {
    match media.media_type.as_deref() {
        Some(media_type) if !media_type.starts_with("image/") => {
            Err(unsupported(&format!("`{media_type}` for vectors")))
        }
        _ => Ok(media),
    }
}
