//! Any line: no panic, prints back as itself, and covers itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tidegate_grants::{Grant, OriginPattern, Pattern};

fuzz_target!(|line: &str| {
    if let Ok(origin) = line.parse::<OriginPattern>() {
        assert_eq!(origin.to_string().parse(), Ok(origin));
    }
    match line.parse::<Pattern>() {
        Ok(pattern) => {
            assert_eq!(
                pattern.to_string().parse::<Pattern>().as_ref(),
                Ok(&pattern)
            );
            assert!(Grant::from_iter([pattern.clone()]).covers(&pattern));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
