//! Any URL against one grant: no panic, and what passes is where the `url` crate would go.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tidegate_grants::{Grant, Target};

fuzz_target!(|url: &str| {
    let Ok(target) = Target::parse("GET", url) else {
        return;
    };
    match url::Url::parse(url) {
        Ok(client) => assert_eq!(client.as_str(), target.as_url()),
        // Punycode that does not decode: the client refuses it too, only later.
        Err(_) => assert!(target.host().to_string().contains("xn--"), "{url:?}"),
    }
    let grant = Grant::parse(["https://*.example.com/v1/*"]).expect("the grant is well-formed");
    match grant.check(&target) {
        Ok(_) => {
            let host = target.host().to_string();
            assert!(host.ends_with(".example.com") && target.path().starts_with("/v1/"));
        }
        Err(denied) => {
            let line = denied.line().expect("a rule would allow it").to_string();
            let amended = Grant::parse([line]).expect("the line in a denial is well-formed");
            assert!(amended.check(&target).is_ok());
        }
    }
});
