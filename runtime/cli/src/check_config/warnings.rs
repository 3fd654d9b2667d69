//! What an operator may have meant, and should know of.

use tidegate_config::Config;
use tidegate_host::grants::{Grant, Pattern};

use super::Warning;
use crate::loaded::Loaded;
use crate::unconfigured::example;

/// All of them, first what concerns everything.
pub(super) fn of(config: &Config, providers: &[Loaded]) -> Vec<Warning> {
    let mut warnings = vec![];
    let mut warn = |message: String, hint: String| warnings.push(Warning { message, hint });
    if config.gateway.keys.is_empty() {
        warn(
            "`gateway` has no keys: it serves this machine only, and everybody on it".into(),
            "add `gateway.keys` to know who calls".into(),
        );
    }
    if config.telemetry.log_prompts {
        warn(
            "what callers ask and models answer is logged".into(),
            "leave `telemetry.log-prompts` out".into(),
        );
    }
    collector(config, &mut warn);
    for loaded in providers {
        missing(loaded, &mut warn);
        exposed(loaded, &mut warn);
        grant(loaded, &mut warn);
    }
    warnings
}

/// What is likely wrong with where spans are sent.
fn collector(config: &Config, warn: &mut impl FnMut(String, String)) {
    let Some(collector) = &config.telemetry.otlp else {
        return;
    };
    if collector.trim_end_matches('/').ends_with(":4317") {
        warn(
            format!("`telemetry.otlp` is `{collector}`, and port 4317 is for gRPC"),
            "spans are sent by HTTP, which collectors take on port 4318".into(),
        );
    }
    if cfg!(not(feature = "otlp")) {
        warn(
            "`telemetry.otlp` is set, and this `tidegate` was built without the means to send anything there".into(),
            "build it with `--features otlp`; `serve` does not start as it is".into(),
        );
    }
}

fn missing(loaded: &Loaded, warn: &mut impl FnMut(String, String)) {
    let name = &loaded.name;
    for credential in loaded.missing_credentials() {
        let example = example(credential);
        let credential = &credential.name;
        warn(
            format!("provider `{name}` has no `{credential}`, and cannot be called without"),
            format!("add `secrets.{credential} = {example}` to `[providers.{name}]`"),
        );
    }
}

fn exposed(loaded: &Loaded, warn: &mut impl FnMut(String, String)) {
    let name = &loaded.name;
    for secret in loaded.config.secrets.iter().filter(|it| it.expose) {
        let secret = &secret.name;
        warn(
            format!(
                "provider `{name}` sees its secret `{secret}`, and may do with it what it is able to"
            ),
            format!("leave out `providers.{name}.secrets.{secret}.expose`: the host attaches it"),
        );
    }
}

/// Compares what a component wants with what it may reach, both ways.
fn grant(loaded: &Loaded, warn: &mut impl FnMut(String, String)) {
    let name = &loaded.name;
    let parse = |lines: &[String]| -> Vec<Pattern> {
        lines.iter().filter_map(|line| line.parse().ok()).collect()
    };
    let wanted = parse(&loaded.config.wants(&loaded.info));
    let allowed = parse(&loaded.config.allow);
    let all_wanted: Grant = wanted.iter().cloned().collect();
    for line in allowed.iter().filter(|line| !all_wanted.covers(line)) {
        let line_alone: Grant = [line.clone()].into_iter().collect();
        let under = wanted.iter().filter(|want| line_alone.covers(want));
        let under: Vec<String> = under.map(|want| format!("`{want}`")).collect();
        match under.as_slice() {
            [] => warn(
                format!("provider `{name}` may reach `{line}`, and wants nothing there"),
                format!("leave it out of `providers.{name}.allow`"),
            ),
            under => warn(
                format!("provider `{name}` may reach `{line}`, which is more than it wants"),
                format!("it wants {} there", under.join(", ")),
            ),
        }
    }
    let all_allowed: Grant = allowed.into_iter().collect();
    for want in wanted.iter().filter(|want| !all_allowed.covers(want)) {
        warn(
            format!("provider `{name}` wants to reach `{want}`, and may not"),
            format!("add `\"{want}\"` to `providers.{name}.allow`, if it should"),
        );
    }
}
