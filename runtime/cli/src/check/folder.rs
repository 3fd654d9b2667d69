//! Where the fixtures of a component are.

use std::path::{Path, PathBuf};

use tidegate_config::ComponentSource;
use tidegate_kit::fixture::cases;

use crate::failure::Failure;

/// A folder that was named: it has to be there, and to have fixtures in it.
pub(super) fn given(folder: PathBuf) -> Result<PathBuf, Failure> {
    if !folder.is_dir() {
        return Err(Failure::usage(
            format!("`{}` is no folder", folder.display()),
            "`--fixtures` names the folder with the `.json` files of the fixtures",
        ));
    }
    if cases("", &folder).is_empty() {
        return Err(Failure::usage(
            format!("`{}` has no fixtures", folder.display()),
            "a fixture is a `.json` file; `runtime/kit/README.md` has its form",
        ));
    }
    Ok(folder)
}

/// `fixtures` beside the component, or in the nearest folder above it: components are built some folders
/// below their sources. Looked for up to where the sources are kept, and not at all for what is bundled,
/// which has its fixtures with its own sources.
pub(super) fn of(source: &ComponentSource) -> Option<PathBuf> {
    let ComponentSource::File(component) = source else {
        return None;
    };
    let component = std::path::absolute(component).ok()?;
    for folder in component.ancestors().skip(1) {
        let fixtures = folder.join("fixtures");
        if fixtures.is_dir() && !cases("", &fixtures).is_empty() {
            return Some(shortened(fixtures));
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    None
}

/// As one would write it from here.
fn shortened(path: PathBuf) -> PathBuf {
    let here = std::env::current_dir().ok();
    let below = here
        .as_deref()
        .and_then(|here| path.strip_prefix(here).ok());
    below.map(Path::to_path_buf).unwrap_or(path)
}
