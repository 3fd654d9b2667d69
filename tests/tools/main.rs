//! What build scripts of guests call, `wit-bindgen` and `wasm-tools`, as far as they call it: made of the
//! same libraries at the versions in `Cargo.lock`, so that nobody has to install two programs to run the
//! tests.
//!
//! | as | arguments |
//! |---|---|
//! | `wit-bindgen` | `c` or `go`, `<wit>`, `--world <name>`, `--out-dir <folder>` |
//! | `wasm-tools` | `component embed <wit> <module>`, `--world <name>`, `--output <module>` |
//! | | `component new <module>`, `--output <component>`, `--adapt <name>=<module>` |
//! | nothing else | `adapter <module>`: writes the adapter from WASI 0.1, a file of every wasmtime release |

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

use anyhow::{Context as _, Result, bail};
use wasi_preview1_component_adapter_provider::WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER;
use wit_bindgen_core::{Files, WorldGenerator};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{Resolve, WorldId};

fn main() -> Result<()> {
    let arguments = Arguments::read(env::args().skip(1))?;
    let words: Vec<&str> = arguments.words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["c", wit] => {
            let generator = wit_bindgen_c::Opts::default().build();
            arguments.bindings(generator, Path::new(wit))
        }
        ["go", wit] => {
            let generator = wit_bindgen_go::Opts::default().build();
            arguments.bindings(generator, Path::new(wit))
        }
        ["component", "embed", wit, module] => {
            let (resolve, world) = arguments.contract(Path::new(wit))?;
            let mut bytes = read(module)?;
            embed_component_metadata(&mut bytes, &resolve, world, StringEncoding::UTF8)?;
            arguments.write(&bytes)
        }
        ["component", "new", module] => {
            let mut encoder = ComponentEncoder::default();
            encoder.validate(true).module(&read(module)?)?;
            if let Some(adapter) = arguments.options.get("adapt") {
                let (name, path) = adapter
                    .split_once('=')
                    .context("`--adapt` is `name=path`")?;
                encoder.adapter(name, &read(path)?)?;
            }
            arguments.write(&encoder.encode()?)
        }
        ["adapter", path] => write(Path::new(path), WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER),
        _ => bail!("no such command: {words:?}"),
    }
}

/// Words, and options each with a value.
struct Arguments {
    words: Vec<String>,
    options: BTreeMap<String, String>,
}

impl Arguments {
    fn read(mut from: impl Iterator<Item = String>) -> Result<Arguments> {
        let mut words = Vec::new();
        let mut options = BTreeMap::new();
        while let Some(argument) = from.next() {
            match argument.strip_prefix("--") {
                Some(name) => {
                    let value = from.next();
                    let value = value.with_context(|| format!("`{argument}` has no value"))?;
                    options.insert(name.into(), value);
                }
                None => words.push(argument),
            }
        }
        Ok(Arguments { words, options })
    }

    fn option(&self, name: &str) -> Result<&str> {
        let value = self.options.get(name);
        Ok(value.with_context(|| format!("`--{name}` is missing"))?)
    }

    fn contract(&self, wit: &Path) -> Result<(Resolve, WorldId)> {
        let mut resolve = Resolve::default();
        let (package, _) = resolve.push_path(wit)?;
        let world = resolve.select_world(&[package], Some(self.option("world")?))?;
        Ok((resolve, world))
    }

    fn bindings(&self, mut generator: Box<dyn WorldGenerator>, wit: &Path) -> Result<()> {
        let (mut resolve, world) = self.contract(wit)?;
        let mut files = Files::default();
        generator.generate(&mut resolve, world, &mut files)?;
        let folder = Path::new(self.option("out-dir")?);
        let mut files = files.iter();
        files.try_for_each(|(name, content)| write(&folder.join(name), content))
    }

    fn write(&self, bytes: &[u8]) -> Result<()> {
        write(Path::new(self.option("output")?), bytes)
    }
}

fn read(path: &str) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("`{path}` is not read"))
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, content).with_context(|| format!("`{}` is not written", path.display()))
}
