//! `[telemetry]`: what is told of what happens, and to whom.

use crate::problem::Problems;
use crate::table::Table;
use crate::web;

/// What is told, and to whom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Telemetry {
    /// Where traces are sent with OTLP over HTTP; `None`: nowhere.
    pub otlp: Option<String>,
    /// Whether logs are JSON, one object to a line.
    pub json_logs: bool,
    /// Whether what callers ask and models answer may stand in logs and traces.
    pub log_prompts: bool,
}

pub(crate) fn read(mut table: Table, problems: &mut Problems) -> Telemetry {
    let mut telemetry = Telemetry::default();
    if let Some(value) = table.take("otlp") {
        telemetry.otlp = web::url(&value, "http://127.0.0.1:4318", problems);
    }
    let mut flag = |name| {
        let value = table.take(name)?;
        value.boolean(problems)
    };
    telemetry.json_logs = flag("json-logs").unwrap_or_default();
    telemetry.log_prompts = flag("log-prompts").unwrap_or_default();
    table.finish(problems);
    telemetry
}
