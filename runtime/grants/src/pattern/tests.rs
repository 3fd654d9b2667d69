//! Tells apart: what each form of a line allows, and which sentence a wrong line gets.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot parse its own input should fail there"
)]

use crate::pattern::{Mismatch, Pattern, PatternError};
use crate::target::Target;

fn check(line: &str, method: &str, url: &str) -> Option<Mismatch> {
    let pattern: Pattern = line.parse().unwrap();
    pattern.mismatch(&Target::parse(method, url).unwrap())
}

fn complaint(line: &str) -> String {
    line.parse::<Pattern>()
        .map_err(|error| error.to_string())
        .unwrap_err()
}

#[test]
fn a_star_after_the_last_slash_is_everything_below() {
    for path in ["/v1/", "/v1/x", "/v1/x/y", "/v1/x?q=1", "/v1//x"] {
        let url = format!("https://a.example{path}");
        assert_eq!(check("https://a.example/v1/*", "GET", &url), None, "{path}");
    }
    for path in ["", "/", "/v1", "/v10/x", "/V1/x", "/v1%2B/x"] {
        let url = format!("https://a.example{path}");
        assert_eq!(
            check("https://a.example/v1/*", "GET", &url),
            Some(Mismatch::Path),
            "{path}"
        );
    }
}

#[test]
fn a_path_without_a_star_is_exact_and_ignores_the_query() {
    let line = "https://a.example/v1/models";
    assert_eq!(
        check(line, "GET", "https://a.example/v1/models?limit=2"),
        None
    );
    assert_eq!(
        check(line, "GET", "https://a.example/v1/models/"),
        Some(Mismatch::Path)
    );
    assert_eq!(
        check("https://a.example/", "GET", "https://a.example"),
        None
    );
}

#[test]
fn encoded_bytes_are_compared_as_they_stand() {
    let line = "https://a.example/model/x%3A1/invoke";
    assert_eq!(
        check(line, "POST", "https://a.example/model/x%3A1/invoke"),
        None
    );
    assert_eq!(
        check(line, "POST", "https://a.example/model/x:1/invoke"),
        Some(Mismatch::Path)
    );
    assert_eq!(
        check(line, "POST", "https://a.example/model/x%3a1/invoke"),
        Some(Mismatch::Path)
    );
}

#[test]
fn a_leading_star_is_one_label() {
    let line = "https://*.example.com/*";
    assert_eq!(check(line, "GET", "https://a.example.com/"), None);
    assert_eq!(check(line, "GET", "https://A.EXAMPLE.com/"), None);
    for host in [
        "example.com",
        "a.b.example.com",
        "aexample.com",
        "a.example.com.evil.example",
        "10.0.0.1",
    ] {
        let url = format!("https://{host}/");
        assert_eq!(check(line, "GET", &url), Some(Mismatch::Host), "{host}");
    }
}

#[test]
fn scheme_port_and_method_are_compared() {
    assert_eq!(
        check("https://a.example/*", "GET", "http://a.example/"),
        Some(Mismatch::Scheme)
    );
    assert_eq!(
        check("https://a.example/*", "GET", "https://a.example:8443/"),
        Some(Mismatch::Port)
    );
    assert_eq!(
        check("https://a.example:8443/*", "GET", "https://a.example/"),
        Some(Mismatch::Port)
    );
    assert_eq!(
        check("https://a.example:443/*", "GET", "https://a.example/"),
        None
    );
    assert_eq!(
        check("GET,HEAD https://a.example/*", "HEAD", "https://a.example/"),
        None
    );
    assert_eq!(
        check("GET,HEAD https://a.example/*", "POST", "https://a.example/"),
        Some(Mismatch::Method)
    );
}

#[test]
fn patterns_print_as_they_are_written() {
    for line in [
        "https://api.example.com/*",
        "POST https://api.example.com/v1/*",
        "GET,POST https://api.example.com/v1/models",
        "https://*.example.com:8443/*",
        "http://127.0.0.1:11434/*",
        "http://[::1]/a",
        "http://localhost:8080/*",
    ] {
        assert_eq!(line.parse::<Pattern>().unwrap().to_string(), line);
    }
    let untidy: Pattern = "  GET,GET   HTTPS://API.example.com:443/* "
        .parse()
        .unwrap();
    assert_eq!(untidy.to_string(), "GET https://api.example.com/*");
}

#[test]
fn wrong_lines_are_told_what_to_write() {
    for (line, hint) in [
        (
            "",
            "hint: write a URL such as `https://api.example.com/*`, or remove the line; no lines at all allow nothing",
        ),
        (
            "*",
            "hint: name each host, as in `https://api.example.com/*`",
        ),
        (
            "https://*/*",
            "hint: name each host, as in `https://api.example.com/*`",
        ),
        ("api.example.com", "hint: write `https://api.example.com/*`"),
        (
            "api.example.com/v1/*",
            "hint: write `https://api.example.com/v1/*`",
        ),
        (
            "//api.example.com/v1/*",
            "hint: write `https://api.example.com/v1/*`",
        ),
        (
            "https://api.example.com",
            "hint: to allow every path, write `https://api.example.com/*`",
        ),
        (
            "https://a.example/v1*",
            "hint: to allow everything below, write `https://a.example/v1/*`",
        ),
        (
            "https://a.example/**",
            "hint: to allow everything below, write `https://a.example/*`",
        ),
        (
            "* https://a.example/*",
            "hint: a method is a word such as `POST`",
        ),
        (
            "https://a.example/*/chat",
            "hint: to allow everything below, write `https://a.example/*`",
        ),
        (
            "https://a.example/v1/*/chat/*",
            "hint: to allow everything below, write `https://a.example/v1/*`",
        ),
        (
            "https://*.com/*",
            "hint: leave at least two labels after `*`, as in `*.example.com`",
        ),
        (
            "https://a.*.example.com/*",
            "hint: write `*.example.com`, or name each host",
        ),
        (
            "https://a*.example.com/*",
            "hint: write `*.example.com`, or name each host",
        ),
        (
            "https://*.*.example.com/*",
            "hint: write `*.example.com`, or name each host",
        ),
        ("https://*.127.0.0.1/*", "hint: name each address"),
        (
            "https://a.example/*?a=b",
            "hint: leave out everything from `?`",
        ),
        (
            "https://a.example/*#a",
            "hint: leave out everything from `#`",
        ),
        ("https://a.example./*", "hint: leave the last dot out"),
        (
            "https://a.example:*/*",
            "hint: write a number from 1 to 65535 without leading zeros, or leave out the `:` for the default port",
        ),
        ("ftp://a.example/*", "hint: use `https` or `http`"),
        ("get https://a.example/*", "hint: write `GET`"),
        (
            "GET, POST https://a.example/*",
            "hint: write methods with a comma and no space, as in `GET,POST https://api.example.com/*`",
        ),
        (
            "GET,, https://a.example/*",
            "hint: write one, such as `POST`",
        ),
        (
            "https://a.example/../*",
            "hint: write the path that it leads to",
        ),
    ] {
        let complaint = complaint(line);
        assert_eq!(complaint.lines().last(), Some(hint), "{line}: {complaint}");
    }
}

#[test]
fn a_complaint_names_the_line_and_hides_credentials() {
    assert_eq!(
        complaint("https://api.example.com"),
        "pattern `https://api.example.com`: the URL has no path\n\
         hint: to allow every path, write `https://api.example.com/*`"
    );
    for line in [
        "https://me:hunter2@a.example/*",
        "https://a.example/*?key=hunter2",
        "https://me:hun@hunter2@a.example/",
    ] {
        let complaint = complaint(line);
        assert!(!complaint.contains("hunter2"), "{complaint}");
        assert!(complaint.contains("a.example/"), "{complaint}");
    }
}

#[test]
fn a_line_of_another_list_has_its_number() {
    let error: PatternError = "x".parse::<Pattern>().unwrap_err().at(1);
    assert_eq!(error.index(), Some(1));
    assert!(error.to_string().starts_with("line 2 of `allow`, `x`: "));
}
