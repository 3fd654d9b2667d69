//! The guests of the tests, and the engine that they run on, loaded once for all tests of a process.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use tidegate_host::{Component, Engine, EngineConfig, LoadError};
use tokio::sync::OnceCell;

use crate::languages;
use crate::said::aloud;

/// Name and component of every guest in `tests/guests`.
const GUESTS: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/guests.rs"));

/// What stands before the role in the bytes of `chameleon`, and how long the slot is.
const SLOT: (&[u8], usize) = (b"CHAMELEON:", 64);

/// The bytes of a guest of the tests, or of a bundled provider. `ported-wasip2` is missing where
/// the compiler for it is.
pub fn find(name: &str) -> Option<&'static [u8]> {
    let guest = GUESTS.iter().find(|(guest, _)| *guest == name);
    guest
        .map(|(_, bytes)| *bytes)
        .or_else(|| tidegate_bundle::component(name))
}

/// `ported-wasip2`, the guest with a whole standard library. Where it could not be built the test
/// says that it skips it.
fn with_standard_library() -> Option<&'static str> {
    let name = "ported-wasip2";
    if find(name).is_none() {
        aloud(&format!(
            "skipped: `{name}`, which is not built; `rustup target add wasm32-wasip2`"
        ));
        return None;
    }
    Some(name)
}

/// The guests that import WASI: the one without an operating system, the one with a whole standard
/// library, and those in other languages. What could not be built is left out, and said.
pub fn with_wasi() -> Vec<&'static str> {
    let mut names = vec!["ported"];
    names.extend(with_operating_system());
    names
}

/// Those of them whose language brings what an operating system gives.
pub fn with_operating_system() -> Vec<&'static str> {
    let mut names = Vec::from_iter(with_standard_library());
    names.extend(languages::available());
    names
}

/// The bytes of a guest that is always there.
#[track_caller]
pub fn bytes(name: &str) -> &'static [u8] {
    find(name).unwrap_or_else(|| panic!("there is no guest `{name}`"))
}

/// The bytes of `chameleon` in one of its roles; `version-2` and the like are harmless.
#[track_caller]
pub fn chameleon_bytes(role: &str) -> Vec<u8> {
    let mut bytes = bytes("chameleon").to_vec();
    let (marker, length) = SLOT;
    let start = bytes
        .windows(marker.len())
        .position(|window| window == marker)
        .expect("the slot of the chameleon is in its data");
    let slot = &mut bytes[start + marker.len()..start + length];
    slot.fill(b' ');
    slot[..role.len()].copy_from_slice(role.as_bytes());
    bytes
}

/// The engine that all tests share, unless they are about the engine.
pub fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::new(EngineConfig::default()).expect("an engine"))
}

/// A guest, compiled by whoever asks first: on the shared engine, unless it is one of the large ones
/// in other languages.
pub async fn component(name: &str) -> Component {
    static LOADED: LazyLock<Mutex<HashMap<String, Arc<OnceCell<Component>>>>> =
        LazyLock::new(Mutex::default);
    let cell = {
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.entry(name.into()).or_default().clone()
    };
    let load = async || match languages::find(name) {
        Some(guest) => languages::load(guest).await,
        None => {
            let loaded = Component::from_bytes(engine(), name, bytes(name)).await;
            loaded.unwrap_or_else(|error| panic!("{error}"))
        }
    };
    cell.get_or_init(load).await.clone()
}

/// The chameleon in one of its roles.
pub async fn chameleon(role: &str) -> Result<Component, LoadError> {
    Component::from_bytes(engine(), role, chameleon_bytes(role)).await
}
