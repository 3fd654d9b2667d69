//! Is what its bytes say: the tests write over the slot below, and so have as many components as
//! they like of one build. For what is decided before there is a request that could choose.
//!
//! In a chat it says its version before and after what it was sent to fetch, so that a test sees
//! which version a stream began and ended on.

use std::hint::black_box;

use tidegate_guest::types::*;
use tidegate_guest::{Choice, Io, Provider, Result};

/// `CHAMELEON:`, then what it is to be, up to the first space.
static SLOT: &[u8; 64] = b"CHAMELEON:version-1                                             ";

/// The provider.
#[derive(Default)]
pub struct Chameleon;

impl Provider for Chameleon {
    fn describe(&self) -> ProviderInfo {
        let mut info = honest();
        match role() {
            "trap" => panic!("it does not want to be described"),
            "spin" => loop {
                black_box(());
            },
            "hoard" => {
                let mut hoard = Vec::new();
                loop {
                    hoard.push(black_box(vec![1_u8; 1 << 20]));
                }
            }
            "bad-name" => info.name = "../Chameleon".into(),
            "bad-pattern" => info.wants = vec![want("api.example.com")],
            "bad-setting" => info.settings = vec![level(Some("loud"))],
            "unknown-setting" => info.wants = vec![want("{base-url}/*")],
            "bad-header" => info.credentials = vec![key(header("x key", ""))],
            "host-header" => info.credentials = vec![key(header("host", ""))],
            "long-prefix" => info.credentials = vec![key(header("x-key", "a/b?c="))],
            "key-in-header" => info.credentials = vec![key(header("x-key", ""))],
            "key-in-query" => info.credentials = vec![key(Placement::Query("key".into()))],
            "many-operations" => info.operations = vec![OperationKind::Chat; 2_000],
            "escape-in-default" => info.settings = vec![level(Some("\u{1b}[2J"))],
            "control-characters" => info.description = "\u{1b}[2Jnothing to see".into(),
            "endless" => info.wants = vec![want("https://a.example/*"); 2_000],
            "wants-more" => info.wants = vec![want("https://more.example/*")],
            "declares-more" => info.operations.push(OperationKind::Embed),
            "says-little" => {
                info.description.clear();
                info.wants = vec![Want::new("https://a.example/*", "")];
            }
            "careless" => {
                info.wants = vec![want("GET {base-url}/*")];
                info.settings = vec![base_url()];
                info.features = vec![Feature::Streaming];
            }
            _ => {}
        }
        info
    }

    async fn chat(&self, request: ChatRequest, io: &Io) -> Result<()> {
        let mut choice = Choice::new(io, 0);
        if role() == "careless" {
            return careless(choice, io).await;
        }
        match role() {
            "falls-over" => panic!("it describes itself well, and that is all"),
            "babbles" => choice.metadata(None, "this is no JSON".into()),
            role => choice.text(role),
        }
        if request.model != "at-once" {
            let mut answer = io.fetch(get(request.model)).await?;
            while let Some(chunk) = answer.chunk().await? {
                choice.text(&String::from_utf8_lossy(&chunk));
            }
            choice.text(role());
        }
        choice.finish(FinishReason::Stop, None);
        Ok(())
    }
}

/// Takes every piece for whole characters, a failure for the end, and says nothing of what it was asked
/// and does not do.
async fn careless(mut choice: Choice, io: &Io) -> Result<()> {
    let mut answer = io
        .fetch(get(format!("{}/", io.setting("base-url").unwrap_or(""))))
        .await?;
    while let Ok(Some(chunk)) = answer.chunk().await {
        choice.text(&String::from_utf8_lossy(&chunk));
    }
    choice.finish(FinishReason::Stop, None);
    Ok(())
}

fn get(url: String) -> HttpRequest {
    HttpRequest {
        method: "GET".into(),
        url,
        headers: vec![],
        body: None,
        delivery: Delivery::Chunks,
        credential: None,
        limits: FetchLimits::default(),
    }
}

fn role() -> &'static str {
    // The compiler must not know what is in the slot.
    let slot = black_box(SLOT).split_at(b"CHAMELEON:".len()).1;
    let role = slot.split(|byte| *byte == b' ').next().unwrap_or_default();
    std::str::from_utf8(role).unwrap_or_default()
}

fn honest() -> ProviderInfo {
    ProviderInfo {
        name: "chameleon".into(),
        version: "1.0.0".into(),
        description: "Is what its bytes say".into(),
        vendor: "Tests".into(),
        documentation: None,
        wants: vec![],
        credentials: vec![],
        settings: vec![],
        operations: vec![OperationKind::Chat],
        features: vec![],
    }
}

fn want(pattern: &str) -> Want {
    Want::new(pattern, "to be tested")
}

fn key(placement: Placement) -> Credential {
    Credential {
        name: "key".into(),
        description: "A key".into(),
        placement,
        required: false,
        environment: None,
    }
}

fn header(name: &str, prefix: &str) -> Placement {
    Placement::Header(HeaderPlacement {
        name: name.into(),
        prefix: prefix.into(),
    })
}

fn base_url() -> SettingInfo {
    SettingInfo {
        name: "base-url".into(),
        description: "Where the upstream is".into(),
        kind: SettingKind::Url,
        default: Some("https://a.example".into()),
        required: false,
    }
}

fn level(default: Option<&str>) -> SettingInfo {
    SettingInfo {
        name: "level".into(),
        description: "How loud".into(),
        kind: SettingKind::Integer,
        default: default.map(Into::into),
        required: false,
    }
}

tidegate_guest::export!(Chameleon);
