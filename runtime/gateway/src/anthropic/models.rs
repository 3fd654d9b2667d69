//! `GET /v1/models`: all models of all providers, under the names to ask for.
//!
//! <https://platform.claude.com/docs/en/api/models/list>

use percent_encoding::percent_decode_str;
use serde::Serialize;
use tidegate_host::types::{ErrorKind, ModelInfo};

use crate::call::{Call, Response};
use crate::failure::{Failure, FailureKind};
use crate::json::Misread;

/// The most that may be asked for on one page.
const PAGE: usize = 1000;

#[derive(Serialize)]
struct List<'a> {
    data: &'a [Model<'a>],
    has_more: bool,
    first_id: Option<&'a str>,
    last_id: Option<&'a str>,
}

#[derive(Serialize)]
struct Model<'a> {
    r#type: &'static str,
    id: String,
    display_name: &'a str,
    /// RFC 3339; the beginning of the epoch where it is not known, as with the vendor.
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_input_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
}

/// Which part of the list is wanted. Without a limit it is all of it.
#[derive(Default)]
struct Page {
    limit: Option<usize>,
    after: Option<String>,
    before: Option<String>,
}

impl<'a> Model<'a> {
    fn new(provider: &'a str, model: &'a ModelInfo) -> Self {
        Model {
            r#type: "model",
            id: format!("{provider}/{}", model.id),
            display_name: model.name.as_deref().unwrap_or(&model.id),
            created_at: rfc3339(model.created_ms.unwrap_or_default()),
            max_input_tokens: model.context_window,
            max_tokens: model.max_output_tokens,
        }
    }
}

impl<'a> Model<'a> {
    /// A route, which answers like a model.
    fn route(alias: &'a str) -> Self {
        Model {
            r#type: "model",
            id: alias.into(),
            display_name: alias,
            created_at: rfc3339(0.0),
            max_input_tokens: None,
            max_tokens: None,
        }
    }
}

/// Lists the routes and the models that the client may use. A provider that does not answer is left out, with a
/// warning in the header; only where all fail, the list does.
pub async fn list(call: Call) -> Result<Response, Failure> {
    let page = Page::read(call.uri().query().unwrap_or_default())?;
    let (aliases, found) = call.listed().await?;
    let all = found
        .models
        .iter()
        .flat_map(|(provider, models)| models.iter().map(move |model| Model::new(provider, model)));
    let all: Vec<Model> = aliases
        .iter()
        .map(|alias| Model::route(alias))
        .chain(all.filter(|model| call.may_use(&model.id)))
        .collect();
    let (data, has_more) = page.of(&all);
    let list = List {
        data,
        has_more,
        first_id: data.first().map(|model| &*model.id),
        last_id: data.last().map(|model| &*model.id),
    };
    let body = serde_json::to_vec(&list).map_err(unwritable)?;
    Ok(call.whole(body, None, &found.warnings))
}

/// One model. Its id contains a `/`, which clients encode or not.
pub async fn one(call: Call) -> Result<Response, Failure> {
    let path = call.uri().path();
    let id = decoded(path.strip_prefix("/v1/models/").unwrap_or_default());
    let found = match id.split_once('/') {
        _ if call.aliases().contains(&id) => {
            Some(serde_json::to_vec(&Model::route(&id)).map_err(unwritable))
        }
        Some((provider, rest)) if call.may_use(&id) => {
            let models = call.models_of(provider).await?;
            let model = models.iter().find(|model| model.id == rest);
            model.map(|model| serde_json::to_vec(&Model::new(provider, model)).map_err(unwritable))
        }
        _ => None,
    };
    match found {
        Some(body) => Ok(call.whole(body?, None, &[])),
        None => Err(Failure::new(
            FailureKind::Call(ErrorKind::NotFound),
            format!(
                "there is no model `{}`\nhint: `GET /v1/models` lists the models",
                id.escape_debug()
            ),
        )),
    }
}

impl Page {
    fn read(query: &str) -> Result<Self, Misread> {
        let mut page = Page::default();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match name {
                "limit" => match value.parse() {
                    Ok(limit @ 1..=PAGE) => page.limit = Some(limit),
                    _ => {
                        let problem = format!("this is no number from 1 to {PAGE}");
                        return Err(Misread::new(problem).within("limit"));
                    }
                },
                "after_id" => page.after = Some(decoded(value)),
                "before_id" => page.before = Some(decoded(value)),
                _ => {}
            }
        }
        Ok(page)
    }

    /// The models on it, and whether there are more in the direction that was asked for.
    fn of<'a, 'b>(&self, all: &'b [Model<'a>]) -> (&'b [Model<'a>], bool) {
        let place = |id: &String| all.iter().position(|model| model.id == *id);
        let limit = self.limit.unwrap_or(usize::MAX);
        if let Some(before) = &self.before {
            let rest = place(before).and_then(|end| all.get(..end));
            let rest = rest.unwrap_or_default();
            let first = rest.len().saturating_sub(limit);
            return (rest.get(first..).unwrap_or_default(), first > 0);
        }
        let rest = match &self.after {
            Some(after) => place(after).and_then(|index| all.get(index + 1..)),
            None => Some(all),
        };
        let rest = rest.unwrap_or_default();
        (rest.get(..limit).unwrap_or(rest), rest.len() > limit)
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// A time as RFC 3339 has it, in whole seconds.
fn rfc3339(milliseconds: f64) -> String {
    let seconds = (milliseconds / 1000.0) as u64;
    let (days, time) = (seconds / 86_400, seconds % 86_400);
    // Howard Hinnant's `civil_from_days`: years begin in March, so that the odd day is the last.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

fn unwritable(error: serde_json::Error) -> Failure {
    Failure::new(FailureKind::Call(ErrorKind::Internal), error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_dates() {
        for (milliseconds, date) in [
            (0.0, "1970-01-01T00:00:00Z"),
            (951_782_400_000.0, "2000-02-29T00:00:00Z"),
            (1_735_689_599_999.0, "2024-12-31T23:59:59Z"),
            (1_772_323_200_000.0, "2026-03-01T00:00:00Z"),
            (-5.0, "1970-01-01T00:00:00Z"),
        ] {
            assert_eq!(rfc3339(milliseconds), date);
        }
        // Whatever a provider says, it is no reason to fail.
        assert!(rfc3339(f64::NAN).starts_with("1970"));
        assert!(rfc3339(f64::INFINITY).ends_with('Z'));
    }
}
