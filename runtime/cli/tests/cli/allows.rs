//! Would a grant let this through? Yes is 0, no is 1, a question that makes no sense is 2.

use crate::support::Home;

#[test]
fn the_rule_that_allows_is_named() {
    let home = Home::new();
    let pattern = "POST https://api.example.com/v1/*";
    home.run(&[
        "allows",
        "--allow",
        "GET https://a.example/*",
        "--allow",
        pattern,
        "POST",
        "https://api.example.com/v1/chat",
    ])
    .prints(
        "allowed by `POST https://api.example.com/v1/*`\n  if the name leads to a public address\n",
    );
    home.run(&[
        "allows",
        "--allow",
        "http://127.0.0.1:11434/*",
        "http://127.0.0.1:11434/api/tags",
    ])
    .prints("allowed by `http://127.0.0.1:11434/*`\n  at `127.0.0.1` only\n");
}

#[test]
fn a_denial_says_why_and_what_would_allow_it() {
    let home = Home::new();
    for (url, answer) in [
        (
            "https://example.com/v1/chat",
            "denied: this provider may not reach `https://example.com`\n  \
               granted: `POST https://api.example.com/v1/*`\n\
             hint: to allow it, add `https://example.com/*` to its `allow`\n",
        ),
        (
            "https://api.example.com/v1/chat",
            "denied: this provider may not send `GET` to `https://api.example.com/v1/chat`\n  \
               granted: `POST https://api.example.com/v1/*`\n\
             hint: to allow it, add `GET https://api.example.com/v1/*` to its `allow`\n",
        ),
        (
            "https://api.example.com@example.com/v1/",
            "denied: the URL has a user name or password before the host\n\
             hint: leave out everything up to `@`; credentials belong in `secrets`\n",
        ),
    ] {
        let ran = home.run(&[
            "allows",
            "--allow",
            "POST https://api.example.com/v1/*",
            url,
        ]);
        assert_eq!(
            (ran.code, ran.stdout.as_str(), ran.stderr.as_str()),
            (Some(1), answer, "")
        );
    }
}

#[test]
fn the_grant_of_a_provider_is_asked_by_its_name() {
    Home::new()
        .run(&["allows", "--provider", "openai", "POST", "https://api.openai.com/v1/chat/completions"])
        .prints("allowed by `POST https://api.openai.com/v1/chat/completions`\n  if the name leads to a public address\n");
    let home = Home::with_config(
        "[providers.mine]\ncomponent = \"bundled:echo\"\nprivate = true\nallow = [\"https://a.example/*\"]\n",
    );
    home.run(&["allows", "--provider", "mine", "https://a.example/x"])
        .prints("allowed by `https://a.example/*`\n  if the name leads to a public, private or loopback address\n");
    let ran = home.run(&["allows", "--provider", "mine", "https://b.example/x"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stdout
            .contains("`providers.mine.allow` in `tidegate.toml`"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_question_that_makes_no_sense_is_an_error() {
    let home = Home::new();
    home.run(&[
        "allows",
        "--allow",
        "api.example.com",
        "https://api.example.com/",
    ])
    .fails(
        2,
        "error: line 1 of `allow`, `api.example.com`: the line has no scheme\n\
         hint: write `https://api.example.com/*`",
    );
    assert_eq!(
        home.run(&["allows", "https://api.example.com/"]).code,
        Some(2)
    );
}

#[test]
fn a_question_without_a_url_is_told_that_it_lacks_one() {
    let ran = Home::new().run(&["allows", "--allow", "https://api.example.com/*"]);
    ran.fails(
        2,
        "error: the following required arguments were not provided:\n  <URL>\n\n\
         Usage: tidegate allows <--allow PATTERN… | --provider NAME> [METHOD] URL\n\n\
         For more information, try '--help'.",
    );
}
