//! Compiled code, kept between runs.
//!
//! What is in the cache is executed as it is found, so the folder must belong to this program's
//! user alone. An entry is named by the component's digest and by a hash of everything that the
//! compiler's output depends on; an entry that does not load is made anew.

mod folder;
mod room;

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use wasmtime::component::Component;

use crate::digest::Digest;
use crate::engine::Engine;

/// The component's code, and whether it came from the cache.
pub(crate) fn load_or_compile(
    engine: &Engine,
    digest: Digest,
    bytes: &[u8],
) -> wasmtime::Result<(Component, bool)> {
    let folder = engine.config.cache.as_deref();
    let entry = folder.and_then(|folder| match folder::prepare(folder) {
        Ok(folder) => Some(path(engine, &folder, digest)),
        Err(reason) => {
            tracing::warn!(folder = %folder.display(), reason, "the compile cache is not used");
            None
        }
    });
    if let Some(component) = entry.as_deref().and_then(|entry| load(engine, entry)) {
        return Ok((component, true));
    }
    let component = Component::from_binary(&engine.inner, bytes)?;
    if let Some(entry) = entry {
        match store(&component, &entry) {
            Ok(()) => room::make(&entry),
            Err(error) => {
                tracing::warn!(entry = %entry.display(), %error, "compiled code cannot be kept");
            }
        }
    }
    Ok((component, false))
}

fn path(engine: &Engine, folder: &Path, digest: Digest) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    engine
        .inner
        .precompile_compatibility_hash()
        .hash(&mut hasher);
    let settings = hasher.finish();
    folder.join(format!(
        "{}-{settings:016x}.{}",
        digest.hex(),
        room::EXTENSION
    ))
}

fn load(engine: &Engine, entry: &Path) -> Option<Component> {
    if !entry.exists() {
        return None;
    }
    #[expect(
        unsafe_code,
        reason = "`prepare` has found the folder to be this user's alone, and this program writes only what wasmtime serialized"
    )]
    let loaded = unsafe { Component::deserialize_file(&engine.inner, entry) };
    let component = loaded
        .inspect_err(
            |error| tracing::debug!(%error, "a cache entry does not load and is made anew"),
        )
        .ok()?;
    // What is used is kept longest. A clock that cannot be set costs a compilation some day.
    let opened = fs::File::options().write(true).open(entry);
    let _ = opened.and_then(|file| file.set_modified(SystemTime::now()));
    Some(component)
}

/// Writes aside and renames, so that nobody ever sees half an entry. The name aside is nobody
/// else's: other threads, and other machines on the same folder, may be at the same entry.
fn store(component: &Component, entry: &Path) -> wasmtime::Result<()> {
    let code = component.serialize()?;
    let aside = entry.with_extension(format!("{:016x}.{}", fastrand::u64(..), room::ASIDE));
    let written = fs::File::create_new(&aside).and_then(|mut file| {
        file.write_all(&code)?;
        // Code that a power cut left half of would be executed.
        file.sync_all()?;
        fs::rename(&aside, entry)
    });
    if written.is_err() {
        let _ = fs::remove_file(&aside);
    }
    Ok(written?)
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;
    use crate::EngineConfig;

    /// A component with nothing in it.
    const EMPTY: [u8; 8] = *b"\0asm\x0d\0\x01\0";

    #[test]
    fn eight_that_keep_the_same_entry_at_once_all_keep_it_and_leave_one_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let config = EngineConfig {
            instances: 1,
            ..EngineConfig::default()
        };
        let engine = Engine::new(config).expect("an engine");
        let component = Component::from_binary(&engine.inner, &EMPTY).expect("a component");
        let entry = path(&engine, folder.path(), Digest::of(&EMPTY));
        // Many rounds: names that are shared do not collide every time.
        for round in 0..50 {
            let together = Barrier::new(8);
            std::thread::scope(|threads| {
                for _ in 0..8 {
                    threads.spawn(|| {
                        together.wait();
                        store(&component, &entry).unwrap_or_else(|error| {
                            panic!("round {round}: {error:#}");
                        });
                    });
                }
            });
            let files = fs::read_dir(folder.path()).expect("the folder").count();
            assert_eq!(files, 1, "round {round}");
            assert!(load(&engine, &entry).is_some(), "round {round}");
        }
    }
}
