//! How much the cache keeps: what was used last, as much as there is room for.
//!
//! Every version of a component, every release of this program and every change of its settings
//! leaves an entry that may never be asked for again.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// What entries are called.
pub(super) const EXTENSION: &str = "cwasm";
/// What files are called that are to become entries.
pub(super) const ASIDE: &str = "tmp";

/// Bytes of all entries together: ten of the largest, Python's runtime and StarlingMonkey, which
/// compile to about 100 MB each, or thousands of those that are made from Rust and C.
const MOST_BYTES: u64 = 1 << 30;
/// Entries: ten versions each of two dozen providers. More make the folder slow to look through.
const MOST_ENTRIES: usize = 256;
/// Nobody takes longer to write an entry: what is older was left by a program that was killed.
const ABANDONED: Duration = Duration::from_secs(3600);

/// What may stay.
struct Room {
    bytes: u64,
    entries: usize,
}

struct Entry {
    path: PathBuf,
    used: SystemTime,
    bytes: u64,
}

/// Removes the entries that were not used for longest, until there is room for the rest and for
/// `newest`, which stays. Others may remove at the same time; a file that is gone is no error, and
/// one that is loaded stays readable to whoever has it.
pub(super) fn make(newest: &Path) {
    let room = Room {
        bytes: MOST_BYTES,
        entries: MOST_ENTRIES,
    };
    if let Some(folder) = newest.parent()
        && let Err(error) = make_in(folder, newest, &room)
    {
        tracing::warn!(folder = %folder.display(), %error, "the compile cache cannot be cleared up");
    }
}

fn make_in(folder: &Path, newest: &Path, room: &Room) -> std::io::Result<()> {
    let now = SystemTime::now();
    let mut entries = Vec::new();
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        // Removed by somebody else in this moment.
        let Ok(metadata) = fs::symlink_metadata(&path) else {
            continue;
        };
        let used = metadata.modified()?;
        let extension = path.extension().unwrap_or_default();
        if extension == ASIDE && now.duration_since(used).is_ok_and(|age| age > ABANDONED) {
            let _ = fs::remove_file(&path);
        }
        if extension == EXTENSION {
            entries.push(Entry {
                bytes: metadata.len(),
                used,
                path,
            });
        }
    }
    // The newest first, whatever the clocks say.
    entries.sort_by_key(|entry| (entry.path == newest, entry.used));
    entries.reverse();
    let mut bytes: u64 = 0;
    for (place, entry) in entries.iter().enumerate() {
        bytes = bytes.saturating_add(entry.bytes);
        let is_over = place >= room.entries || bytes > room.bytes;
        if is_over && entry.path != newest {
            tracing::debug!(entry = %entry.path.display(), "a cache entry makes room for others");
            let _ = fs::remove_file(&entry.path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with files of 10 bytes, the first used longest ago; what is left of them.
    fn left(names: &[&str], newest: &str, room: &Room) -> Vec<String> {
        let folder = tempfile::tempdir().expect("a folder");
        let long_ago = SystemTime::now() - Duration::from_secs(10_000);
        for (age, name) in names.iter().enumerate() {
            let path = folder.path().join(name);
            fs::write(&path, "ten bytes!").expect("a file");
            let used = long_ago + Duration::from_secs(age as u64);
            let file = fs::File::options().write(true).open(&path).expect("a file");
            file.set_modified(used).expect("a time");
        }
        make_in(folder.path(), &folder.path().join(newest), room).expect("room");
        let files = fs::read_dir(folder.path()).expect("the folder");
        let mut left: Vec<String> = files
            .map(|file| {
                file.expect("a file")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        left.sort();
        left
    }

    const NAMES: [&str; 4] = ["d.cwasm", "c.cwasm", "b.cwasm", "a.cwasm"];

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let of = |bytes, entries| left(&NAMES, "a.cwasm", &Room { bytes, entries });
        assert_eq!(of(40, 4).len(), 4);
        assert_eq!(of(40, 3), ["a.cwasm", "b.cwasm", "c.cwasm"]);
        assert_eq!(of(39, 4), ["a.cwasm", "b.cwasm", "c.cwasm"]);
        assert_eq!(of(20, 4), ["a.cwasm", "b.cwasm"]);
    }

    #[test]
    fn what_was_just_made_stays_whatever_its_size_and_time() {
        for room in [
            Room {
                bytes: 0,
                entries: 4,
            },
            Room {
                bytes: 40,
                entries: 0,
            },
        ] {
            assert_eq!(left(&NAMES, "d.cwasm", &room), ["d.cwasm"]);
        }
    }

    #[test]
    fn what_a_killed_program_left_goes_and_what_is_not_ours_stays() {
        let room = Room {
            bytes: 40,
            entries: 4,
        };
        let names = ["notes.txt", "a.0123.tmp", "a.cwasm"];
        assert_eq!(left(&names, "a.cwasm", &room), ["a.cwasm", "notes.txt"]);
    }
}
