//! What is refused before it is ever called, and what its owner is told: a component that is none,
//! of another world, too large, too slow, or that does not describe itself.

use std::fs::File;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::time::Duration;

use rustix::fs::{CWD, FileType, Mode};
use tempfile::TempDir;
use tidegate_host::{Component, Engine, EngineConfig, LoadError};
use tidegate_tests::guests::{bytes, chameleon, engine};

async fn load(bytes: impl Into<Vec<u8>>) -> LoadError {
    match Component::from_bytes(engine(), "test.wasm", bytes).await {
        Ok(component) => panic!("it loads: {:?}", component.info()),
        Err(error) => error,
    }
}

/// Loads WebAssembly text that is a component.
async fn load_text(text: &str) -> LoadError {
    load(wat::parse_str(text).unwrap()).await
}

#[track_caller]
fn check(error: &LoadError, holds: &[&str]) {
    let sentence = error.to_string();
    for part in holds.iter().chain(&["\nhint: ", "`test.wasm`"]) {
        assert!(sentence.contains(part), "`{part}` is not in: {sentence}");
    }
}

#[tokio::test]
async fn what_is_no_component_is_named_for_what_it_is() {
    let module: &[u8] = b"\0asm\x01\0\0\0";
    for (bytes, what) in [
        (&b""[..], "is empty"),
        (&b"MZ\x90\0\x03\0\0\0"[..], "is no WebAssembly at all"),
        (&b"\0asm"[..], "is no WebAssembly at all"),
        (&b"(component)"[..], "is WebAssembly text"),
        (module, "is a core WebAssembly module, not a component"),
    ] {
        let error = load(bytes).await;
        assert!(
            matches!(error, LoadError::NotAComponent { .. }),
            "{error:?}"
        );
        check(&error, &[what]);
    }
}

#[tokio::test]
async fn a_damaged_component_does_not_compile() {
    let whole = bytes("rogue");
    let error = load(&whole[..whole.len() / 2]).await;
    assert!(matches!(error, LoadError::Compile { .. }), "{error:?}");
    check(&error, &["does not compile"]);
}

#[tokio::test]
async fn a_file_that_is_not_there_cannot_be_read() {
    let missing = Component::from_file(engine(), "no/such/test.wasm").await;
    let error = missing.unwrap_err();
    assert!(matches!(error, LoadError::Read { .. }), "{error:?}");
    assert!(
        error
            .to_string()
            .starts_with("`no/such/test.wasm` cannot be read: "),
        "{error}"
    );
}

#[tokio::test]
async fn what_is_no_regular_file_is_refused_without_waiting_for_it() {
    let home = TempDir::new().unwrap();
    let pipe = home.path().join("pipe");
    // Nobody will ever write to it.
    rustix::fs::mknodat(CWD, &pipe, FileType::Fifo, Mode::RWXU, 0).unwrap();
    let socket = home.path().join("socket");
    let _listener = UnixListener::bind(&socket).unwrap();
    let device = "no file but a device, a pipe or a socket";
    for (path, what) in [
        (pipe.as_path(), device),
        (socket.as_path(), device),
        (Path::new("/dev/zero"), device),
        (home.path(), "a folder"),
    ] {
        let error = Component::from_file(engine(), path).await.unwrap_err();
        let name = path.display();
        let sentence = error.to_string();
        assert!(
            sentence.starts_with(&format!("`{name}` is {what}\nhint: ")),
            "{sentence}"
        );
    }
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused_by_its_size() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("test.wasm");
    // All of it a hole, which takes no room on the disk, and would take more memory than there is.
    let size = 1 << 42;
    File::create(&path).unwrap().set_len(size).unwrap();
    let error = Component::from_file(engine(), &path).await.unwrap_err();
    assert!(
        matches!(error, LoadError::TooLarge { size: told, .. } if told == size),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_component_that_is_too_large_is_refused_unread() {
    let size = bytes("rogue").len() as u64;
    let small = Engine::new(EngineConfig {
        component_size: size - 1,
        instances: 1,
        ..EngineConfig::default()
    })
    .unwrap();
    let error = Component::from_bytes(&small, "test.wasm", bytes("rogue"))
        .await
        .unwrap_err();
    assert!(matches!(error, LoadError::TooLarge { .. }), "{error:?}");
    check(&error, &[&size.to_string(), "`component-size`"]);
}

#[tokio::test]
async fn a_component_that_compiles_too_slowly_is_given_up() {
    let hasty = Engine::new(EngineConfig {
        compile_time: Duration::from_millis(1),
        instances: 1,
        ..EngineConfig::default()
    })
    .unwrap();
    let error = Component::from_bytes(&hasty, "test.wasm", bytes("rogue"))
        .await
        .unwrap_err();
    assert!(matches!(error, LoadError::TooSlow { .. }), "{error:?}");
    check(&error, &["1ms", "`compile-time`"]);
}

#[tokio::test]
async fn a_component_of_another_world_names_the_missing_export() {
    let error = load_text("(component)").await;
    assert!(matches!(error, LoadError::World { .. }), "{error:?}");
    check(
        &error,
        &["the export `llm:provider/provider@0.1.0` is missing"],
    );
}

#[tokio::test]
async fn a_component_of_another_version_names_both() {
    let error = load_text(
        r#"(component (instance $i) (export "llm:provider/provider@9.1.0" (instance $i)))"#,
    )
    .await;
    assert!(matches!(error, LoadError::World { .. }), "{error:?}");
    check(
        &error,
        &[
            "`llm:provider/provider@9.1.0`",
            "`llm:provider/provider@0.1.0`",
        ],
    );
}

#[tokio::test]
async fn a_missing_function_is_named() {
    let error = load_text(
        r#"(component (instance $i) (export "llm:provider/provider@0.1.0" (instance $i)))"#,
    )
    .await;
    assert!(matches!(error, LoadError::World { .. }), "{error:?}");
    check(&error, &["describe"]);
}

#[tokio::test]
async fn a_mistyped_function_is_named() {
    let error = load_text(
        r#"(component
          (core module $m (func (export "describe") (result i32) i32.const 7))
          (core instance $m (instantiate $m))
          (func $describe (result u32) (canon lift (core func $m "describe")))
          (instance $i
            (export "describe" (func $describe))
            (export "start" (func $describe))
            (export "step" (func $describe)))
          (export "llm:provider/provider@0.1.0" (instance $i)))"#,
    )
    .await;
    assert!(matches!(error, LoadError::World { .. }), "{error:?}");
    check(&error, &["describe"]);
}

#[tokio::test]
async fn an_import_that_nobody_provides_is_named() {
    for import in ["example:elsewhere/files", "wasi:keyvalue/store@0.2.0"] {
        let error = load_text(&format!(
            r#"(component (import "{import}" (instance (export "open" (func)))))"#
        ))
        .await;
        assert!(
            matches!(&error, LoadError::Import { import: named, .. } if named == import),
            "{error:?}"
        );
        check(&error, &[import, "`llm-provider`"]);
    }
}

#[tokio::test]
async fn a_component_that_needs_more_than_the_pool_has_says_so() {
    let memories = r#"(component (core module $m (memory 1)) (core instance (instantiate $m)))"#;
    let memories = memories.replace("(memory 1)", &"(memory 1)".repeat(20));
    let error = load_text(&memories).await;
    assert!(matches!(error, LoadError::Pool { .. }), "{error:?}");
    check(&error, &["memories"]);
}

#[tokio::test]
async fn a_guest_that_misbehaves_in_describe_does_not_load() {
    for (role, reason) in [
        ("trap", "`describe` trapped"),
        ("spin", "`describe` used more than its 2s of CPU time"),
        ("hoard", "`describe` asked for more than its"),
    ] {
        let error = chameleon(role).await.unwrap_err();
        assert!(matches!(error, LoadError::Describe { .. }), "{error:?}");
        let sentence = error.to_string();
        assert!(
            sentence.contains(reason) && sentence.contains("\nhint: "),
            "{sentence}"
        );
    }
}

#[tokio::test]
async fn a_guest_that_spins_before_it_can_be_asked_does_not_load() {
    let error = load(bytes("stillborn")).await;
    assert!(matches!(error, LoadError::Describe { .. }), "{error:?}");
    check(&error, &["used more than its 2s of CPU time"]);
}

#[tokio::test]
async fn a_guest_that_describes_nonsense_does_not_load() {
    for (role, reason) in [
        ("bad-name", "`../Chameleon`"),
        ("bad-pattern", "the want `api.example.com` is no pattern"),
        (
            "bad-setting",
            "the default of setting `level` is `loud`, not a whole number",
        ),
        (
            "unknown-setting",
            "the setting `base-url`, which it does not declare",
        ),
        (
            "bad-header",
            "the credential `key` cannot be sent so: `x key` is not a header name",
        ),
        (
            "host-header",
            "the credential `key` cannot be sent so: the header `host` belongs to the host",
        ),
        (
            "long-prefix",
            "the credential `key` wants a prefix that is no name of a scheme",
        ),
        ("control-characters", "control characters"),
        ("escape-in-default", "control characters"),
        ("endless", "more than 1000 entries"),
        ("many-operations", "more than 1000 entries"),
    ] {
        let error = chameleon(role).await.unwrap_err();
        assert!(matches!(error, LoadError::Describe { .. }), "{error:?}");
        let sentence = error.to_string();
        assert!(
            sentence.contains(reason) && sentence.contains("\nhint: "),
            "{sentence}"
        );
        // What a guest says of itself must not reach a terminal as it is.
        assert!(!sentence.contains('\u{1b}'), "{sentence:?}");
    }
}

#[tokio::test]
async fn a_provider_imports_nothing() {
    let component = tidegate_tests::guests::component("openai").await;
    assert!(component.imports().is_empty(), "{:?}", component.imports());
}
