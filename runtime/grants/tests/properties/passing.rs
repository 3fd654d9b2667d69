//! What passed a rule is where a client would really go.

use proptest::prelude::*;
use tidegate_grants::{Grant, Pattern, Target};

use crate::inputs;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn no_spelling_of_another_place_passes(url in inputs::url()) {
        let grant = Grant::parse(["https://api.example.com/v1/*"]).unwrap();
        let Ok(target) = Target::parse("GET", &url) else { return Ok(()) };
        if grant.check(&target).is_ok() {
            let client = url::Url::parse(&url).unwrap();
            prop_assert_eq!(client.scheme(), "https");
            prop_assert_eq!(client.host_str(), Some("api.example.com"));
            prop_assert_eq!(client.port_or_known_default(), Some(443));
            prop_assert!(client.path().starts_with("/v1/"), "{}", client.path());
        }
    }

    #[test]
    fn no_spelling_of_another_host_passes(host in inputs::host(), before in "[a-z0-9.*@:/\\\\#?%-]{0,6}") {
        let grant = Grant::parse(["https://*.example.com/*", "http://127.0.0.1/*"]).unwrap();
        for url in [format!("https://{before}{host}/"), format!("http://{host}{before}/")] {
            let Ok(target) = Target::parse("GET", &url) else { continue };
            if grant.check(&target).is_ok() {
                let client = url::Url::parse(&url).unwrap();
                let host = client.host_str().unwrap();
                let is_below = host.strip_suffix(".example.com").is_some_and(|label| !label.contains('.'));
                prop_assert!(is_below || host == "127.0.0.1", "{url}");
            }
        }
    }

    #[test]
    fn covered_patterns_allow_nothing_new(
        granted in prop::collection::vec(inputs::close_line(), 0..4),
        wanted in inputs::close_line(),
        requests in prop::collection::vec(inputs::close_request(), 1..20),
    ) {
        let grant = Grant::parse(&granted).unwrap();
        let wanted: Pattern = wanted.parse().unwrap();
        let covers = grant.covers(&wanted);
        for (method, url) in requests {
            let target = Target::parse(&method, &url).unwrap();
            if covers && wanted.allows(&target) {
                prop_assert!(grant.check(&target).is_ok(), "{wanted} is covered, {method} {url} is not");
            }
        }
    }

    #[test]
    fn a_grant_covers_its_own_lines(lines in prop::collection::vec(inputs::close_line(), 1..4)) {
        let grant = Grant::parse(&lines).unwrap();
        for rule in grant.rules() {
            prop_assert!(grant.covers(rule.pattern()));
        }
    }
}
