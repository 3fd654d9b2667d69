//! Where the configuration is looked for.
//!
//! | place | when it is named and missing |
//! |---|---|
//! | `--config FILE` | error |
//! | `$TIDEGATE_CONFIG` | error |
//! | `./tidegate.toml` | the next place |
//! | `$XDG_CONFIG_HOME/tidegate/tidegate.toml`, or below `~/.config` | no configuration |

use std::path::{Path, PathBuf};

use crate::environment::Environment;

const NAME: &str = "tidegate.toml";

/// The file to read, if there is one. One that is named need not exist: reading it says so.
pub fn find(argument: Option<&Path>, environment: &Environment) -> Option<PathBuf> {
    if let Some(path) = argument {
        return Some(path.into());
    }
    if let Some(path) = environment.variable("TIDEGATE_CONFIG") {
        return Some(path.into());
    }
    let of_user = environment.user_folder("XDG_CONFIG_HOME", ".config");
    let usual = [
        Some(PathBuf::from(NAME)),
        of_user.map(|folder| folder.join("tidegate").join(NAME)),
    ];
    // A file that is there and may not be read is found: skipping it would run on other rules.
    let mut usual = usual.into_iter().flatten();
    usual.find(|path| path.try_exists().unwrap_or(true))
}

#[cfg(test)]
#[expect(
    clippy::unwrap_used,
    reason = "a test whose folders cannot be made fails"
)]
mod tests {
    use super::*;

    #[test]
    fn the_argument_goes_before_the_variable_and_both_before_usual_places() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("tidegate");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join(NAME), "").unwrap();
        let below = |set: &'static str| {
            let home = home.path().display().to_string();
            Environment::new(move |name| match name {
                "TIDEGATE_CONFIG" => Some(set.into()),
                "XDG_CONFIG_HOME" => Some(home.clone()),
                _ => None,
            })
        };
        let path = |found: Option<PathBuf>| found.unwrap();
        let argument = Path::new("a.toml");
        assert_eq!(path(find(Some(argument), &below("b.toml"))), argument);
        assert_eq!(path(find(None, &below("b.toml"))), Path::new("b.toml"));
        assert_eq!(path(find(None, &below(""))), folder.join(NAME));
        assert_eq!(find(None, &Environment::new(|_| None)), None);
    }

    #[test]
    fn a_relative_xdg_folder_is_ignored() {
        let environment = Environment::new(|name| match name {
            "XDG_CACHE_HOME" => Some("relative".into()),
            "HOME" => Some("/home/ada".into()),
            _ => None,
        });
        let folder = environment.user_folder("XDG_CACHE_HOME", ".cache");
        assert_eq!(folder, Some("/home/ada/.cache".into()));
    }
}
