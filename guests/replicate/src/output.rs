//! What a prediction puts out, as text and files. Language models put out a text or a list of its
//! pieces; other models links to files, which live at `replicate.delivery`.

use serde::Deserialize;
use serde_json::value::RawValue;
use tidegate_guest::types::*;
use tidegate_guest::{Choice, media};

#[derive(Deserialize)]
#[serde(untagged)]
enum Output {
    Text(String),
    Pieces(Vec<String>),
}

/// What has been handed over so far.
pub struct Shown {
    pub choice: Choice,
    text: String,
    files: usize,
}

impl Shown {
    pub fn new(choice: Choice) -> Self {
        Shown {
            choice,
            text: String::new(),
            files: 0,
        }
    }

    /// Hands over one more piece.
    pub fn piece(&mut self, piece: &str) {
        if is_file(piece) {
            self.file(piece);
        } else {
            self.text.push_str(piece);
            self.choice.text(piece);
        }
    }

    /// Hands over what of the output so far has not been handed over. `false` where that cannot be
    /// said, because the output does not begin with what has been.
    pub fn rest(&mut self, output: &RawValue) -> bool {
        let pieces = match serde_json::from_str(output.get()) {
            Ok(Output::Text(text)) => vec![text],
            Ok(Output::Pieces(pieces)) => pieces,
            // Some models answer objects; their JSON is better than nothing.
            Err(_) => vec![output.get().into()],
        };
        let (files, texts): (Vec<_>, Vec<_>) = pieces.into_iter().partition(|piece| is_file(piece));
        for file in files.iter().skip(self.files) {
            self.file(file);
        }
        let text = texts.concat();
        match text.strip_prefix(&self.text) {
            Some(rest) => {
                self.choice.text(rest);
                self.text = text;
                true
            }
            None => false,
        }
    }

    /// Whether nothing has been handed over.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.files == 0
    }

    fn file(&mut self, url: &str) {
        self.files += 1;
        self.choice.file(Media {
            source: MediaSource::Url(url.into()),
            media_type: media::split_data_url(url).map(|(kind, _)| kind.into()),
            name: None,
            detail: None,
        });
    }
}

fn is_file(piece: &str) -> bool {
    let delivered = piece.starts_with("https://replicate.delivery/")
        && !piece.contains(|character: char| character.is_whitespace());
    delivered || media::split_data_url(piece).is_some()
}
