//! From bytes to a component that is known to be a provider: compiled, checked against the world,
//! and described.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime::component::{InstancePre, Linker};

use crate::bindings::exports::{Exports, INTERFACE};
use crate::digest::Digest;
use crate::engine::Engine;
use crate::error::LoadError;
use crate::instance::{Instance, Stacks};
use crate::limits::Limits;
use crate::spares::Spares;
use crate::state::State;
use crate::types::ProviderInfo;
use crate::wasi::{self, Wasi};
use crate::{cache, describe, file};

/// A provider component, ready to be instantiated. Cloning gives another handle.
#[derive(Clone)]
pub struct Component {
    loaded: Arc<Loaded>,
    trusted: bool,
}

struct Loaded {
    engine: Engine,
    name: String,
    digest: Digest,
    size: u64,
    compiled_in: Duration,
    from_cache: bool,
    imports: Vec<String>,
    exports: Vec<String>,
    info: ProviderInfo,
    provider: Exports<State>,
}

impl Component {
    /// Loads a component from a file, which must be a regular one.
    ///
    /// Never call this on a request's path: a large component compiles for seconds.
    pub async fn from_file(engine: &Engine, path: impl AsRef<Path>) -> Result<Self, LoadError> {
        let path = path.as_ref();
        let bytes = file::read(path, engine.config.component_size).await?;
        let name = path.display().to_string();
        Self::from_bytes(engine, &name, bytes).await
    }

    /// Loads a component from its bytes; `name` is for messages.
    pub async fn from_bytes(
        engine: &Engine,
        name: &str,
        bytes: impl Into<Vec<u8>>,
    ) -> Result<Self, LoadError> {
        let bytes = bytes.into();
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        file::check_size(name, size, engine.config.component_size)?;
        check_is_component(name, &bytes)?;
        let digest = Digest::of(&bytes);
        let began = Instant::now();
        let (compiled, from_cache) = compile(engine, name, digest, bytes).await?;
        let compiled_in = began.elapsed();
        engine.loads.count(from_cache);

        let ty = compiled.component_type();
        let imports: Vec<String> = ty
            .imports(&engine.inner)
            .map(|(name, _)| name.into())
            .collect();
        let exports: Vec<String> = ty
            .exports(&engine.inner)
            .map(|(name, _)| name.into())
            .collect();
        let linker = link(engine, name, &imports)?;
        let pre = linker
            .instantiate_pre(&compiled)
            .map_err(|error| import_error(name, &imports, &error))?;
        let provider = check_world(name, &exports, pre)?;
        let info = describe(name, &provider, &engine.spares).await?;
        let loaded = Loaded {
            engine: engine.clone(),
            name: name.into(),
            digest,
            size,
            compiled_in,
            from_cache,
            imports,
            exports,
            info,
            provider,
        };
        Ok(Component {
            loaded: Arc::new(loaded),
            trusted: false,
        })
    }

    /// Says that its code is as good as the program's own: it never computes for long without being asked
    /// for much. It gets the same sandbox as any other. But small requests and answers are given to it on the
    /// stack of the thread that polls the call, which needs half a MiB of it, and where it would keep the others
    /// on that thread waiting, up to `limits.cpu`, if it did not return. A stream with a chunk now and then costs
    /// a sixth less for it.
    ///
    /// Without effect for components that import WASI.
    pub fn trusted(mut self) -> Self {
        self.trusted = true;
        self
    }

    /// The file or bundle name it was loaded from.
    pub fn name(&self) -> &str {
        &self.loaded.name
    }

    /// Its identity.
    pub fn digest(&self) -> Digest {
        self.loaded.digest
    }

    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        self.loaded.size
    }

    /// How long it took to get executable code, by compilation or from the cache.
    pub fn compiled_in(&self) -> Duration {
        self.loaded.compiled_in
    }

    /// Whether the code came from the cache.
    pub fn from_cache(&self) -> bool {
        self.loaded.from_cache
    }

    /// What it imports; nothing, for most providers.
    pub fn imports(&self) -> &[String] {
        &self.loaded.imports
    }

    /// What it exports.
    pub fn exports(&self) -> &[String] {
        &self.loaded.exports
    }

    /// What it says of itself.
    pub fn info(&self) -> &ProviderInfo {
        &self.loaded.info
    }

    /// Whether it has state outside of its memory.
    pub(crate) fn imports_wasi(&self) -> bool {
        imports_wasi(&self.loaded.imports)
    }

    /// What its calls run on.
    pub(crate) fn stacks(&self) -> Stacks {
        match self.trusted && !self.imports_wasi() {
            true => Stacks::Shared,
            false => Stacks::Own,
        }
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.loaded.engine
    }

    pub(crate) fn provider(&self) -> &Exports<State> {
        &self.loaded.provider
    }
}

impl std::fmt::Debug for Component {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Component")
            .field("name", &self.loaded.name)
            .field("digest", &self.loaded.digest)
            .finish_non_exhaustive()
    }
}

/// The first eight bytes tell a component from a core module: the magic, then a version that has
/// 1 in its upper half (the layer) for components.
fn check_is_component(name: &str, bytes: &[u8]) -> Result<(), LoadError> {
    let not = |what, hint| {
        Err(LoadError::NotAComponent {
            name: name.into(),
            what,
            hint,
        })
    };
    match bytes {
        [] => not(
            "empty",
            "the build that should have written it may have failed",
        ),
        [0, b'a', b's', b'm', _, _, 1, 0, ..] => Ok(()),
        [0, b'a', b's', b'm', 1, 0, 0, 0, ..] => not(
            "a core WebAssembly module, not a component",
            "turn it into a component with `wasm-tools component new`, or build it for wasm32-wasip2",
        ),
        [b'(', ..] => not(
            "WebAssembly text, not a component",
            "turn it into a component with `wasm-tools parse`",
        ),
        _ => not("no WebAssembly at all", "give the path of a `.wasm` file"),
    }
}

async fn compile(
    engine: &Engine,
    name: &str,
    digest: Digest,
    bytes: Vec<u8>,
) -> Result<(wasmtime::component::Component, bool), LoadError> {
    let limit = engine.config.compile_time;
    let engine = engine.clone();
    // Compilation cannot be interrupted: past the limit its thread runs on, and its result is
    // thrown away.
    let work = tokio::task::spawn_blocking(move || cache::load_or_compile(&engine, digest, &bytes));
    match tokio::time::timeout(limit, work).await {
        Ok(Ok(Ok(compiled))) => Ok(compiled),
        Ok(Ok(Err(error))) => Err(compile_error(name, &error)),
        Ok(Err(panic)) => Err(LoadError::Compile {
            name: name.into(),
            reason: panic.to_string(),
        }),
        Err(_) => Err(LoadError::TooSlow {
            name: name.into(),
            limit,
        }),
    }
}

fn compile_error(name: &str, error: &wasmtime::Error) -> LoadError {
    let name = name.to_owned();
    let reason = format!("{error:#}");
    // The pool refuses what is larger than its slots, in sentences that name the resource.
    match reason.contains("exceeds the limit") || reason.contains("pooling") {
        true => LoadError::Pool { name, reason },
        false => LoadError::Compile { name, reason },
    }
}

fn link(engine: &Engine, name: &str, imports: &[String]) -> Result<Linker<State>, LoadError> {
    let mut linker = Linker::new(&engine.inner);
    // A component that imports nothing is linked with nothing.
    if imports_wasi(imports) {
        wasi::add_to_linker(&mut linker).map_err(|error| LoadError::Compile {
            name: name.into(),
            reason: format!("WASI cannot be linked: {error:#}"),
        })?;
    }
    Ok(linker)
}

fn imports_wasi(imports: &[String]) -> bool {
    imports.iter().any(|import| import.starts_with("wasi:"))
}

fn import_error(name: &str, imports: &[String], error: &wasmtime::Error) -> LoadError {
    let reason = format!("{error:#}");
    let named = imports
        .iter()
        .find(|import| reason.contains(import.as_str()));
    let stranger = || imports.iter().find(|import| !import.starts_with("wasi:"));
    match named.or_else(stranger) {
        Some(import) => LoadError::Import {
            name: name.into(),
            import: import.clone(),
        },
        None => compile_error(name, error),
    }
}

fn check_world(
    name: &str,
    exports: &[String],
    pre: InstancePre<State>,
) -> Result<Exports<State>, LoadError> {
    let wrong = |problem, hint: &str| LoadError::World {
        name: name.into(),
        problem,
        hint: hint.into(),
    };
    let family = INTERFACE.split('@').next().unwrap_or(INTERFACE);
    let other = exports
        .iter()
        .find(|export| export.starts_with(family) && *export != INTERFACE);
    Exports::new(pre).map_err(|problem| match other {
        Some(other) => wrong(
            format!("it exports `{other}`, and this host speaks `{INTERFACE}`"),
            "build it against the `wit/` folder of this release",
        ),
        None => wrong(
            problem,
            "a provider exports the interface `provider` of the `wit/` folder of this release, unchanged",
        ),
    })
}

/// Calls `describe` in an instance that may reach nothing.
async fn describe(
    name: &str,
    provider: &Exports<State>,
    spares: &Spares,
) -> Result<ProviderInfo, LoadError> {
    let wrong = |reason: String| LoadError::Describe {
        name: name.into(),
        reason,
    };
    let limits = Limits::default();
    let call = async {
        let mut instance =
            Instance::new(provider, spares, &limits, Stacks::Own, Wasi::default()).await?;
        instance.describe().await
    };
    let info = match tokio::time::timeout(limits.cpu * 5, call).await {
        Ok(Ok(info)) => info,
        Ok(Err(fault)) => return Err(wrong(format!("`describe` {fault}"))),
        Err(_) => return Err(wrong("`describe` does not return".into())),
    };
    describe::check(&info).map_err(wrong)?;
    Ok(info)
}
