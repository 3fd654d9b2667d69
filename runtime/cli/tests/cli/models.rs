//! Models of several providers: one that fails does not hide the others.

use tidegate_tests::upstream::Upstream;

use crate::support::Home;

fn two_providers(origin: &str) -> Home {
    Home::with_config(&format!(
        r#"
[providers.echo]
component = "bundled:echo"

[providers.local]
component = "bundled:openai-compatible"
allow = ["{origin}/*"]
settings.base-url = "{origin}"
"#
    ))
}

#[test]
fn a_provider_that_fails_does_not_hide_the_others() {
    let absent = Upstream::absent();
    let ran = two_providers(&absent.origin()).run(&["models"]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.stdout, "echo/echo-1  1000000 tokens  Echo\n");
    assert!(
        ran.stderr.starts_with("error: provider `local`: "),
        "{}",
        ran.stderr
    );
}

#[test]
fn one_provider_is_asked_alone() {
    let absent = Upstream::absent();
    let home = two_providers(&absent.origin());
    home.run(&["models", "echo"])
        .prints("echo/echo-1  1000000 tokens  Echo\n");
}

#[test]
fn a_provider_that_is_not_there_is_an_error() {
    Home::new()
        .run(&["models", "echoo"])
        .fails(2, "error: no provider `echoo`\nhint: did you mean `echo`?");
}
