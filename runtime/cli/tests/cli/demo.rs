//! The demonstration shows what it claims, or fails.

use crate::support::Home;

#[test]
fn every_scene_of_the_demonstration_shows_what_it_is_there_for() {
    let ran = Home::new().run(&["demo"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
    for words in [
        "the caller sees: denied: HTTP-request-denied",
        "(`limits.cpu`)",
        "(`limits.memory`)",
        "openai/fast, 200 more",
        "anthropic/fast, 200 more",
        "swap a version",
    ] {
        assert!(ran.stdout.contains(words), "no {words}: {}", ran.stdout);
    }
}
