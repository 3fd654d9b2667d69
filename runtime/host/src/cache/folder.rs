//! Whether a folder may hold code: it and all that it lies in belong to this user or to root, and
//! nobody else may write to them.
//!
//! As sshd does with `authorized_keys`. A folder of mode 0700 is no use where its parent is anybody's
//! to write to: whoever may rename there puts a folder of his own in its place, between the look at
//! it and the code being loaded. A parent with the sticky bit, `/tmp`, is safe: what lies in it is
//! renamed by its owner only, and that owner is looked at.

use std::path::{Path, PathBuf};

#[cfg(unix)]
use crate::cache::room::ASIDE;

/// Makes the folder, or finds it to be safe; gives its path without any links in it, which is the
/// one that was looked at.
#[cfg(unix)]
pub(super) fn prepare(folder: &Path) -> Result<PathBuf, String> {
    use std::fs;
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
    // A file made now belongs to this process's user, and so must the folder. It is nobody else's:
    // two that load at once must not remove each other's.
    let probe = folder.join(format!("owner-{:016x}.{ASIDE}", fastrand::u64(..)));
    let user = fs::File::create_new(&probe)
        .and_then(|file| file.metadata())
        .map_err(|error| format!("it cannot be written to: {error}"))?
        .uid();
    let _ = fs::remove_file(&probe);
    if user != found.uid() {
        return Err("it belongs to another user".into());
    }
    let folder = fs::canonicalize(folder).map_err(|error| error.to_string())?;
    for parent in folder.ancestors().skip(1) {
        let above = fs::symlink_metadata(parent).map_err(|error| error.to_string())?;
        check_parent(parent, above.uid(), above.mode(), user)?;
    }
    Ok(folder)
}

/// Elsewhere than on Unix nobody has worked out how to tell whose folder it is.
#[cfg(not(unix))]
pub(super) fn prepare(_folder: &Path) -> Result<PathBuf, String> {
    Err("it is supported on Unix only".into())
}

/// A folder above that of the cache.
#[cfg(unix)]
fn check_parent(parent: &Path, owner: u32, mode: u32, user: u32) -> Result<(), String> {
    const ROOT: u32 = 0;
    const STICKY: u32 = 0o1000;
    const WRITTEN_BY_OTHERS: u32 = 0o022;
    let parent = parent.display();
    if owner != user && owner != ROOT {
        return Err(format!(
            "it lies in `{parent}`, which belongs to another user, who could put a folder of his own in its place"
        ));
    }
    if mode & WRITTEN_BY_OTHERS != 0 && mode & STICKY == 0 {
        return Err(format!(
            "it lies in `{parent}`, where others may put a folder of their own in its place; run `chmod go-w` on that"
        ));
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn parents_are_of_the_user_or_of_root_and_nobody_else_writes_to_them() {
        let check = |owner, mode| check_parent(Path::new("/srv"), owner, mode, 1000);
        for (owner, mode) in [
            (1000, 0o700),
            (1000, 0o755),
            (0, 0o755),
            (0, 0o1777),
            (1000, 0o1770),
        ] {
            assert_eq!(check(owner, mode), Ok(()), "{owner} {mode:o}");
        }
        for (owner, mode, reason) in [
            (1001, 0o755, "another user"),
            (1001, 0o1777, "another user"),
            (1000, 0o775, "chmod go-w"),
            (0, 0o757, "chmod go-w"),
        ] {
            let refused = check(owner, mode).expect_err("it is not safe");
            assert!(refused.contains(reason), "{owner} {mode:o}: {refused}");
            assert!(refused.contains("`/srv`"), "{refused}");
        }
    }
}
