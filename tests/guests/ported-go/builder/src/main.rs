//! Builds the component by hand: `cargo run -p tidegate-test-ported-go -- <output.wasm> <folder>`.

use std::env;
use std::path::{Path, absolute};

use anyhow::{Result, bail};

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [output, folder] = arguments.as_slice() else {
        bail!("give the component's path and a folder for what is generated");
    };
    tidegate_test_ported_go::build(&absolute(output)?, &absolute(Path::new(folder))?)
}
