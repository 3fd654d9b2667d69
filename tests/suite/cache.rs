//! Compiled code between runs: found again, made anew when it is damaged, never taken from a folder
//! that others may write to or put another in place of, and not kept for ever.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;
use tidegate_host::{Component, Engine, EngineConfig};
use tidegate_tests::guests::bytes;

/// Loads in an engine of its own, as another run of the program would.
async fn load(cache: &Path) -> Component {
    let engine = Engine::new(EngineConfig {
        cache: Some(cache.into()),
        instances: 1,
        ..EngineConfig::default()
    })
    .unwrap();
    Component::from_bytes(&engine, "raw", bytes("raw"))
        .await
        .unwrap()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[tokio::test]
async fn the_second_run_takes_its_code_from_the_cache() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("made/by/the/host");
    assert!(!load(&folder).await.from_cache());
    assert_eq!(
        fs::metadata(&folder).unwrap().permissions().mode() & 0o777,
        0o700
    );
    let second = load(&folder).await;
    assert!(second.from_cache());
    assert_eq!(second.info().name, "raw");
    assert_eq!(entries(&folder).len(), 1);
}

#[tokio::test]
async fn a_damaged_entry_is_made_anew() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("cache");
    load(&folder).await;
    let entry = entries(&folder).remove(0);
    let whole = fs::read(&entry).unwrap();
    for damaged in [&b""[..], b"garbage", &whole[..whole.len() / 2]] {
        fs::write(&entry, damaged).unwrap();
        let anew = load(&folder).await;
        assert!(!anew.from_cache(), "{} bytes", damaged.len());
        assert!(load(&folder).await.from_cache());
    }
}

#[tokio::test]
async fn a_folder_that_others_may_enter_is_not_used() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("cache");
    load(&folder).await;
    for mode in [0o777, 0o750, 0o701] {
        fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
        assert!(!load(&folder).await.from_cache(), "mode {mode:o}");
    }
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    assert!(load(&folder).await.from_cache());
}

#[tokio::test]
async fn a_link_or_a_file_in_place_of_the_folder_is_not_used() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("cache");
    load(&folder).await;
    let link = home.path().join("link");
    std::os::unix::fs::symlink(&folder, &link).unwrap();
    assert!(!load(&link).await.from_cache());
    let file = home.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(!load(&file).await.from_cache());
}

#[tokio::test]
async fn a_folder_that_others_may_put_another_in_place_of_is_not_used() {
    let home = TempDir::new().unwrap();
    let above = home.path().join("above");
    let folder = above.join("of/the/cache");
    load(&folder).await;
    let link = home.path().join("link");
    std::os::unix::fs::symlink(&above, &link).unwrap();
    let by_way_of_the_link = link.join("of/the/cache");
    for (mode, used) in [
        (0o755, true),
        (0o777, false),
        (0o775, false),
        (0o757, false),
        // Nobody but its owner renames what lies in there.
        (0o1777, true),
    ] {
        fs::set_permissions(&above, fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(load(&folder).await.from_cache(), used, "mode {mode:o}");
        let linked = load(&by_way_of_the_link).await;
        assert_eq!(linked.from_cache(), used, "mode {mode:o}, linked to");
    }
}

/// Makes a file look as if it was used that long ago.
fn age(path: &Path, age: Duration) {
    let file = fs::File::options().write(true).open(path).unwrap();
    file.set_modified(SystemTime::now() - age).unwrap();
}

#[tokio::test]
async fn an_entry_that_is_used_counts_as_new() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("cache");
    load(&folder).await;
    let entry = entries(&folder).remove(0);
    let day = Duration::from_secs(24 * 3600);
    age(&entry, day);
    assert!(load(&folder).await.from_cache());
    let used = fs::metadata(&entry).unwrap().modified().unwrap();
    assert!(used.elapsed().unwrap() < day / 2, "{used:?}");
}

#[tokio::test]
async fn entries_that_nobody_uses_make_room() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("cache");
    load(&folder).await;
    let entry = entries(&folder).remove(0);
    fs::remove_file(&entry).unwrap();
    for number in 0..300 {
        let other = folder.join(format!("{number:03}.cwasm"));
        fs::write(&other, "").unwrap();
        age(&other, Duration::from_secs(1_000 - number));
    }
    load(&folder).await;
    let left = entries(&folder);
    assert_eq!(left.len(), 256);
    assert!(left.contains(&entry));
    assert!(!left.contains(&folder.join("044.cwasm")), "{left:?}");
    assert!(left.contains(&folder.join("045.cwasm")), "{left:?}");
}
