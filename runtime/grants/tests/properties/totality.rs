//! Every function has an answer for every input, and no answer moves an operator's cursor.

use proptest::prelude::*;
use tidegate_grants::{Binding, Grant, HeaderLimits, OriginPattern, Target, check_headers};

use crate::inputs;

fn is_printable(error: impl ToString) -> bool {
    let text = error.to_string();
    text.chars().all(|it| it == '\n' || !it.is_control()) && text.len() < 20_000
}

fn decide(method: &str, url: &str, line: &str) -> Result<(), TestCaseError> {
    if let Err(error) = line.parse::<OriginPattern>() {
        prop_assert!(is_printable(error));
    }
    let grant = match Grant::parse([line]) {
        Ok(grant) => grant,
        Err(error) => {
            prop_assert!(is_printable(&error));
            Grant::default()
        }
    };
    let binding = Binding::new("key", grant.origins());
    if let Err(error) = binding.clone().narrowed([line]) {
        prop_assert!(is_printable(error));
    }
    match Target::parse(method, url) {
        Err(error) => prop_assert!(is_printable(error)),
        Ok(target) => {
            binding.attaches_to(&target);
            if let Err(denied) = grant.check(&target) {
                prop_assert!(is_printable(denied));
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn any_strings_are_decided(method in any::<String>(), url in any::<String>(), line in any::<String>()) {
        decide(&method, &url, &line)?;
    }

    #[test]
    fn any_nearly_right_strings_are_decided(method in inputs::method(), url in inputs::url(), line in inputs::line()) {
        decide(&method, &url, &line)?;
        decide(&method, &line, &url)?;
    }

    #[test]
    fn accepted_headers_cannot_break_a_message(name in "\\PC{0,8}", value in any::<Vec<u8>>()) {
        match check_headers([(&name, &value)], HeaderLimits::default()) {
            Ok(()) => {
                prop_assert!(http::HeaderName::try_from(&name).is_ok());
                prop_assert!(http::HeaderValue::from_bytes(&value).is_ok());
            }
            Err(error) => prop_assert!(is_printable(error)),
        }
    }
}
