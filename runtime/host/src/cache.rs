//! Compiled code, kept between runs.
//!
//! What is in the cache is executed as it is found, so the folder must belong to this program's
//! user alone. An entry is named by the component's digest and by a hash of everything that the
//! compiler's output depends on; an entry that does not load is made anew.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write as _;
use std::path::{Path, PathBuf};

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
    let entry = folder.and_then(|folder| match prepare(folder) {
        Ok(()) => Some(path(engine, folder, digest)),
        Err(reason) => {
            tracing::warn!(folder = %folder.display(), reason, "the compile cache is not used");
            None
        }
    });
    if let Some(component) = entry.as_deref().and_then(|entry| load(engine, entry)) {
        return Ok((component, true));
    }
    let component = Component::from_binary(&engine.inner, bytes)?;
    if let Some(entry) = entry
        && let Err(error) = store(&component, &entry)
    {
        tracing::warn!(entry = %entry.display(), %error, "compiled code cannot be kept");
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
    folder.join(format!("{}-{settings:016x}.cwasm", digest.hex()))
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
    loaded
        .inspect_err(
            |error| tracing::debug!(%error, "a cache entry does not load and is made anew"),
        )
        .ok()
}

/// Writes aside and renames, so that nobody ever sees half an entry. The name aside is nobody
/// else's: other threads, and other machines on the same folder, may be at the same entry.
fn store(component: &Component, entry: &Path) -> wasmtime::Result<()> {
    let code = component.serialize()?;
    let aside = entry.with_extension(format!("{:016x}.tmp", fastrand::u64(..)));
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

/// Makes the folder, or finds it to be safe.
#[cfg(unix)]
fn prepare(folder: &Path) -> Result<(), String> {
    use std::os::unix::fs::{DirBuilderExt, MetadataExt};

    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| format!("it cannot be made: {error}"))?;
    let found = fs::symlink_metadata(folder).map_err(|error| error.to_string())?;
    if !found.is_dir() {
        return Err("it is no folder".into());
    }
    if found.mode() & 0o077 != 0 {
        return Err("others may enter it; give it mode 0700".into());
    }
    // A file made now belongs to this process's user, and so must the folder.
    let probe = folder.join(format!(".owner-{}", std::process::id()));
    let owner = fs::File::create(&probe)
        .and_then(|file| file.metadata())
        .map_err(|error| format!("it cannot be written to: {error}"))?
        .uid();
    let _ = fs::remove_file(&probe);
    match owner == found.uid() {
        true => Ok(()),
        false => Err("it belongs to another user".into()),
    }
}

/// Elsewhere than on Unix nobody has worked out how to tell whose folder it is.
#[cfg(not(unix))]
fn prepare(_folder: &Path) -> Result<(), String> {
    Err("it is supported on Unix only".into())
}
