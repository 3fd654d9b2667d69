//! `tidegate demo`: what Tidegate does, in a few seconds, without a key and without a network.
//!
//! A scripted upstream on 127.0.0.1 speaks two vendors' wire formats. Everything else is real: the
//! bundled components, the host, the grants, the limits.

mod load;
mod scene;
mod screen;
mod upstream;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tidegate_host::{
    AuditRecord, Component, Engine, EngineConfig, Limits, ProviderConfig, Runtime,
};

use crate::failure::{Exit, Failure};
use screen::Screen;
use upstream::Upstream;

/// The stand-in for a real key: the guests never see it, and neither does this program's output.
const KEY: &str = "sk-demo-4f1d2c9b7a60";

/// Everything the scenes need.
struct Stage {
    engine: Engine,
    runtime: Runtime,
    upstream: Upstream,
    audit: Arc<Mutex<Vec<AuditRecord>>>,
}

type Result<T> = std::result::Result<T, Failure>;

/// Plays all scenes on standard output. Fails if one of them did not show what it is there for.
pub async fn run() -> Result<Exit> {
    // No compile cache: what is shown is what a first load costs.
    let engine = Engine::new(EngineConfig {
        instances: 128,
        ..EngineConfig::default()
    })?;
    let mut screen = Screen::new();
    screen.title("Tidegate runs LLM providers as sandboxed WebAssembly components.");
    let stage = scene::load(&mut screen, engine).await?;
    scene::stream(&mut screen, &stage).await?;
    scene::audit(&mut screen, &stage);
    load::warm(&mut screen, &stage).await?;
    scene::hostile(&mut screen, &stage).await?;
    load::swap(&mut screen, &stage).await?;
    screen.costs();
    screen.farewell();
    match screen.problems() {
        problems if problems.is_empty() => Ok(Exit::Done),
        problems => Err(Failure::Demo(problems)),
    }
}

impl Stage {
    /// Two real providers and one that tries to break out, each granted the upstream and no more.
    async fn set(engine: Engine) -> Result<(Self, Vec<Component>)> {
        let upstream = Upstream::start().await.map_err(Failure::Output)?;
        let origin = upstream.origin();
        let load = async |name: &str| -> Result<Component> {
            let bytes = tidegate_bundle::component(name).unwrap_or_default();
            Ok(Component::from_bytes(&engine, name, bytes).await?)
        };
        let openai = load("openai").await?;
        let anthropic = load("anthropic").await?;
        let hostile = load(tidegate_bundle::HOSTILE).await?;
        let granted = |paths: &str| {
            ProviderConfig::new()
                .allow(format!("POST {origin}{paths}"))
                .setting("base-url", format!("{origin}/v1"))
                .secret("api-key", KEY)
        };
        // Small limits, so that the hostile one is stopped while you watch.
        let tight = Limits {
            cpu: Duration::from_millis(100),
            memory: 16 << 20,
            ..Limits::default()
        };
        let audit: Arc<Mutex<Vec<AuditRecord>>> = Arc::default();
        let records = audit.clone();
        let runtime = Runtime::builder()
            .provider("openai", openai.clone(), granted("/v1/chat/completions"))
            .provider("anthropic", anthropic.clone(), granted("/v1/messages"))
            .provider(
                "hostile",
                hostile.clone(),
                ProviderConfig::new()
                    .allow(format!("POST {origin}/v1/*"))
                    .limits(tight),
            )
            .audit(Arc::new(move |record: &AuditRecord| {
                let mut records = records.lock().unwrap_or_else(PoisonError::into_inner);
                records.push(record.clone());
            }))
            .build()?;
        let stage = Stage {
            engine,
            runtime,
            upstream,
            audit,
        };
        Ok((stage, vec![openai, anthropic, hostile]))
    }

    /// The audit records so far, which are then forgotten.
    fn take_audit(&self) -> Vec<AuditRecord> {
        std::mem::take(&mut *self.audit.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
