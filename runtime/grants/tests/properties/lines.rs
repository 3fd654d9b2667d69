//! What is printed can be written: patterns, and the lines in denials.

use proptest::prelude::*;
use tidegate_grants::{Grant, Pattern, Target};

use crate::inputs;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn a_pattern_prints_as_a_line_that_reads_the_same(line in inputs::line()) {
        let Ok(pattern) = line.parse::<Pattern>() else { return Ok(()) };
        prop_assert_eq!(pattern.to_string().parse(), Ok(pattern.clone()));
        prop_assert!(Grant::from_iter([pattern.clone()]).covers(&pattern));
    }

    #[test]
    fn the_line_in_a_denial_allows_what_was_denied(
        lines in prop::collection::vec(inputs::close_line(), 0..4),
        (method, url) in inputs::close_request(),
    ) {
        let target = Target::parse(&method, &url).unwrap();
        let Err(denied) = Grant::parse(&lines).unwrap().check(&target).cloned() else { return Ok(()) };
        let line = denied.line().unwrap().to_string();
        prop_assert!(denied.to_string().contains(&line));
        prop_assert!(Grant::parse([line]).unwrap().check(&target).is_ok());
    }

    #[test]
    fn so_does_the_line_for_any_target(method in inputs::method(), url in inputs::url()) {
        let Ok(target) = Target::parse(&method, &url) else { return Ok(()) };
        let host = format!("PUT {}/x", target.origin());
        for lines in [vec![], vec![host.as_str()]] {
            let denied = Grant::parse(lines).unwrap().check(&target).unwrap_err();
            let line = denied.line().unwrap().to_string();
            prop_assert!(Grant::parse([&line]).unwrap().check(&target).is_ok(), "{line}");
        }
    }
}
