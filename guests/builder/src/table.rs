//! The table of components that a library includes: the only thing it has to know of a build.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

use anyhow::{Context as _, Result};

/// Writes the table of these components, name and path, to a file in [`out_folder`]. It is an
/// expression of the type `&[(&str, &[u8])]`, to be put into a library by `include!`.
pub fn write_table<N: AsRef<str>>(
    file: &str,
    components: impl IntoIterator<Item = (N, PathBuf)>,
) -> Result<()> {
    let mut table = String::from("&[\n");
    for (name, path) in components {
        let name = name.as_ref();
        writeln!(table, "    ({name:?}, include_bytes!({path:?})),")?;
    }
    table.push(']');
    fs::write(out_folder()?.join(file), table)?;
    Ok(())
}

/// Where cargo wants what a build script makes.
pub fn out_folder() -> Result<PathBuf> {
    let out = env::var_os("OUT_DIR").context("`OUT_DIR` is not set")?;
    Ok(out.into())
}
