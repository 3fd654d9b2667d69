//! What providers really said, recorded by others, through the real components.
//!
//! The recordings lie beside the repository, in `../shared/recordings` or where
//! `TIDEGATE_RECORDINGS` says; their README has the rules of comparison. One test for each dialect. What a
//! vendor said who has a provider or a profile of his own goes through that.

mod index;
mod request;

mod rules;
mod semantic;

use std::collections::BTreeMap;
use std::path::PathBuf;

use tidegate_config::{Environment, Profile};
use tidegate_host::Component;
use tidegate_tests::fixture::{Failure, Outcome, Report, Stage, ways};
use tidegate_tests::said::{aloud, assert_some_ran, is_left_out};

use crate::fixtures::first_line;
use crate::{crowd, machine};

use index::Recording;

#[tokio::test(flavor = "multi_thread")]
async fn openai_chat() {
    run("openai", "recordings of openai-chat", speaks("openai-chat")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn openai_completions() {
    let completions = speaks("openai-completions");
    run("openai", "recordings of openai-completions", completions).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn openai_responses() {
    let responses = speaks("openai-responses");
    run("openai", "recordings of openai-responses", responses).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn azure_openai() {
    let azure = |recording: &Recording| recording.provider == "azure";
    run("azure-openai", "recordings of azure", azure).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn anthropic_messages() {
    let messages = speaks("anthropic-messages");
    run("anthropic", "recordings of anthropic-messages", messages).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ollama() {
    run("ollama", "recordings of ollama", speaks("ollama")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cohere_v2() {
    run("cohere", "recordings of cohere-v2", speaks("cohere-v2")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mistral() {
    let mistral = |recording: &Recording| recording.provider == "mistral";
    run("mistral", "recordings of mistral", mistral).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn gemini() {
    run("gemini", "recordings of gemini", speaks("gemini")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bedrock() {
    let converse = speaks("bedrock-converse");
    run("bedrock", "recordings of bedrock-converse", converse).await;
}

/// Which recordings are of a dialect.
fn speaks(dialect: &str) -> impl Fn(&Recording) -> bool {
    move |recording| recording.dialect == dialect
}

/// Runs some recordings through a provider. `title` says which.
async fn run(provider: &'static str, title: &str, wanted: impl Fn(&Recording) -> bool) {
    let named = std::env::var_os("TIDEGATE_RECORDINGS");
    let folder = match &named {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/recordings"),
    };
    // Whoever names a folder wants it read: only the one beside the repository may be missing.
    if named.is_none() && !folder.join("index.json").exists() {
        return aloud(&format!("skipped: no recordings at {}", folder.display()));
    }
    let recordings = index::read(&folder).into_iter();
    let recordings = recordings
        .filter(|recording| wanted(recording) && !is_left_out(&recording.id))
        .map(|recording| {
            (recording.id.clone(), async move {
                let speaker = Speaker::of(&recording, provider);
                let component = machine::bundled(speaker.provider).await;
                replay(recording, component, speaker.settings).await
            })
        });
    let report = crowd::run(recordings).await;
    aloud(&format!("{title}: {}", first_line(&report)));
    assert_some_ran(title, &report);
    report.assert_none_failed();
}

/// What a recording goes through.
struct Speaker {
    provider: &'static str,
    settings: BTreeMap<String, String>,
}

impl Speaker {
    /// The profile of the vendor, or the provider of the dialect.
    fn of(recording: &Recording, provider: &'static str) -> Self {
        // The one vendor who is called otherwise in the index, where names have no dashes.
        let vendor = match recording.provider.as_str() {
            "llamacpp" => "llama-cpp",
            vendor => vendor,
        };
        // Speaks the dialect, and has a provider of its own.
        if vendor == "openrouter" && recording.dialect == "openai-chat" {
            return Speaker {
                provider: "openrouter",
                settings: BTreeMap::new(),
            };
        }
        let environment = Environment::new(|_| None)
            .profiles(tidegate_bundle::PROFILED, tidegate_bundle::profiles());
        match Profile::bundled(vendor, &environment) {
            Some(profile) if recording.dialect.starts_with("openai-") => {
                let profile = profile.expect("a bundled profile is good");
                let settings = profile.settings.into_iter();
                // The stage says where the upstream is, and a list that is written down is not asked for.
                let settings = settings.filter(|(name, _)| name != "base-url" && name != "models");
                Speaker {
                    provider: tidegate_bundle::PROFILED,
                    settings: settings.collect(),
                }
            }
            _ => Speaker {
                provider,
                settings: BTreeMap::new(),
            },
        }
    }
}

/// Runs one recording, whole and in every way it may come.
async fn replay(
    recording: Recording,
    component: Component,
    mut settings: BTreeMap<String, String>,
) -> Report {
    let base_path = request::base_path(&recording, component.info());
    settings.extend(request::settings(&recording, component.info()));
    let stage = Stage::new(component, &base_path, &settings);
    let stage = match stage {
        Ok(stage) => stage,
        Err(error) => return Report::unusable(&recording.id, error.to_string()),
    };
    let operation = request::operation(&recording);
    let mut report = Report {
        cases: 1,
        ..Report::default()
    };
    let mut first: Option<Outcome> = None;
    for way in ways(recording.body.len()) {
        let answer = recording.answer(way.split(&recording.body));
        let played = stage.play(operation.clone(), vec![answer]).await;
        report.runs += 1;
        let mut mismatches = played.outcome.breaches_of_contract();
        // A crash or a hang is a breach; anything else is acceptable.
        if !recording.optional {
            mismatches.extend(request::mismatches(&recording, &settings, &played.requests));
            mismatches.extend(rules::mismatches(&recording, &played.outcome));
            match &first {
                Some(first) => mismatches.extend(played.outcome.difference(first)),
                None => first = Some(played.outcome),
            }
        }
        report
            .failures
            .extend((!mismatches.is_empty()).then(|| Failure {
                case: recording.id.clone(),
                way: way.to_string(),
                mismatches,
            }));
    }
    report
}
