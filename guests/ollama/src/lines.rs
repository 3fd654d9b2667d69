//! From an answer's bytes to its objects, however they come: lines of a stream, one whole object,
//! or one object where a stream was asked for, as some proxies make of it.

use tidegate_guest::types::*;
use tidegate_guest::{Io, Response, Result, json};

use crate::answer::{Answer, Line};

/// Sends a request and emits its answer, up to the object that says `done`.
pub async fn read(
    mut request: HttpRequest,
    stream: bool,
    answer: &mut Answer,
    io: &Io,
) -> Result<()> {
    if stream {
        request.delivery = Delivery::Lines;
    }
    let mut response = io.fetch(request).await?.error_for_status()?;
    if response.body.is_some() {
        objects(&response.text(), answer)?;
    } else if is_one_object(&response) {
        let mut text = String::new();
        while let Some(line) = response.line().await? {
            text.push_str(&line);
            text.push('\n');
        }
        objects(&text, answer)?;
    } else {
        while let Some(line) = response.line().await? {
            answer.line(json::parse("a line", &line)?)?;
            if answer.done {
                // The connection serves another request only once this answer is read to its end.
                // The answer is complete, whatever goes wrong there.
                while let Ok(Some(_)) = response.frame().await {}
                break;
            }
        }
    }
    if answer.done {
        Ok(())
    } else {
        Err(Error::new(
            ErrorKind::Upstream,
            "the answer of Ollama ended before it was done",
        ))
    }
}

/// Streams are `application/x-ndjson`. An object that is spread over lines would not survive being
/// read line by line.
fn is_one_object(response: &Response) -> bool {
    let kind = response.header("content-type").unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim() == "application/json"
}

/// One object in most cases; several where a relay streams after all.
fn objects(text: &str, answer: &mut Answer) -> Result<()> {
    let mut objects = serde_json::Deserializer::from_str(text).into_iter::<Line>();
    while !answer.done {
        let rest = text.get(objects.byte_offset()..).unwrap_or_default();
        match objects.next() {
            Some(Ok(object)) => answer.line(object)?,
            // Read once more for an error that says what is wrong and where.
            Some(Err(_)) => return json::parse::<Line>("the answer", rest).map(drop),
            None => break,
        }
    }
    Ok(())
}
