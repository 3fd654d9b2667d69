//! What a prediction says of itself: <https://replicate.com/docs/reference/http#predictions.get>.

use serde::Deserialize;
use serde_json::value::RawValue;

/// A prediction, as Replicate shows it at some moment.
#[derive(Deserialize)]
pub struct Prediction {
    pub id: String,
    pub model: Option<String>,
    pub status: Status,
    pub output: Option<Box<RawValue>>,
    pub error: Option<serde_json::Value>,
    pub metrics: Option<Box<RawValue>>,
    pub created_at: Option<String>,
    #[serde(default)]
    pub urls: Urls,
}

#[derive(Deserialize, Default)]
pub struct Urls {
    pub stream: Option<String>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Debug)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Succeeded,
    Failed,
    Canceled,
    /// Canceled before it began.
    Aborted,
    /// `starting`, `processing`, or a word of a later version for what is still under way.
    #[serde(other)]
    Underway,
}
