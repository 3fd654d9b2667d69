//! `Target` against the parsers of the HTTP clients: `url` (reqwest) and `http` (hyper).

use proptest::prelude::*;
use tidegate_grants::{Host, Target};

use crate::inputs;

/// Punycode that does not decode is refused by `url` alone: then nothing is dialled, which is safe.
fn is_punycode(target: &Target) -> bool {
    matches!(target.host(), Host::Name(name) if name.split('.').any(|label| label.starts_with("xn--")))
}

fn agrees_with_url(target: &Target, written: &str) -> Result<(), TestCaseError> {
    let client = match url::Url::parse(written) {
        Ok(client) => client,
        Err(_) if is_punycode(target) => return Ok(()),
        Err(error) => return Err(TestCaseError::fail(format!("{error}: {written:?}"))),
    };
    // The whole text: nothing was re-encoded, dropped or resolved on the way.
    prop_assert_eq!(client.as_str(), target.as_url());
    prop_assert_eq!(client.scheme(), target.scheme().to_string());
    prop_assert_eq!(
        client.host_str().map(str::to_owned),
        Some(target.host().to_string())
    );
    prop_assert_eq!(client.port_or_known_default(), Some(target.port()));
    prop_assert_eq!(client.path(), target.path());
    prop_assert_eq!(client.query(), target.query());
    prop_assert_eq!(client.fragment(), None);
    prop_assert_eq!((client.username(), client.password()), ("", None));
    let address = match client.host() {
        Some(url::Host::Ipv4(address)) => Some(address.into()),
        Some(url::Host::Ipv6(address)) => Some(address.into()),
        _ => None,
    };
    prop_assert_eq!(address, target.host().ip());
    Ok(())
}

fn agrees_with_http(target: &Target) -> Result<(), TestCaseError> {
    let client: http::Uri = target
        .as_url()
        .parse()
        .map_err(|error| TestCaseError::fail(format!("{error}: {:?}", target.as_url())))?;
    prop_assert_eq!(
        client.scheme_str().map(str::to_owned),
        Some(target.scheme().to_string())
    );
    prop_assert_eq!(
        client.host().map(str::to_owned),
        Some(target.host().to_string())
    );
    let port = client.port_u16().unwrap_or(target.scheme().default_port());
    prop_assert_eq!(port, target.port());
    prop_assert_eq!(client.path(), target.path());
    prop_assert_eq!(client.query(), target.query());
    Ok(())
}

fn agrees(written: &str) -> Result<(), TestCaseError> {
    let Ok(target) = Target::parse("GET", written) else {
        return Ok(());
    };
    agrees_with_url(&target, written)?;
    agrees_with_url(&target, target.as_url())?;
    agrees_with_http(&target)?;
    prop_assert_eq!(Target::parse("GET", target.as_url()), Ok(target));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn accepted_urls_mean_the_same_to_clients(url in inputs::url()) {
        agrees(&url)?;
    }

    #[test]
    fn so_do_urls_of_any_printable_characters(rest in "[ -~]{0,24}") {
        agrees(&format!("https://{rest}"))?;
        agrees(&format!("https://host/{rest}"))?;
        agrees(&format!("https://host?{rest}"))?;
    }
}

#[test]
fn the_inputs_are_accepted_often_enough_to_prove_something() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let accepted = (0..1000)
        .filter(|_| {
            let url = inputs::url().new_tree(&mut runner).unwrap().current();
            Target::parse("GET", &url).is_ok()
        })
        .count();
    assert!((50..950).contains(&accepted), "{accepted} of 1000");
}
