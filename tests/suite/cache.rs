//! Compiled code between runs: found again, made anew when it is damaged, and never taken from a
//! folder that others may write to.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

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
