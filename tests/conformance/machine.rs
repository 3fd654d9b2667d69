//! The engine of all tests in this process, and each component compiled once.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex};

use tidegate_host::{Component, Engine, EngineConfig};
use tokio::sync::OnceCell;

/// Compiled code is kept beside the tests' own: a large component takes as long to compile as all
/// its cases take to run.
static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    Engine::new(EngineConfig {
        instances: 256,
        cache: Some(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("compiled")),
        ..EngineConfig::default()
    })
    .expect("an engine")
});

static BUNDLED: LazyLock<Mutex<BTreeMap<String, Arc<OnceCell<Component>>>>> =
    LazyLock::new(Mutex::default);

/// A bundled provider's component, trusted as the command trusts it.
pub async fn bundled(name: &str) -> Component {
    let cell = {
        let mut bundled = BUNDLED.lock().expect("nobody panics while holding it");
        bundled.entry(name.into()).or_default().clone()
    };
    let load = async || {
        let bytes = tidegate_bundle::component(name).expect("a bundled provider");
        load(name, bytes.to_vec()).await.trusted()
    };
    cell.get_or_init(load).await.clone()
}

/// A component from its bytes.
pub async fn load(name: &str, bytes: Vec<u8>) -> Component {
    match Component::from_bytes(&ENGINE, name, bytes).await {
        Ok(component) => component,
        Err(error) => panic!("{error}"),
    }
}
