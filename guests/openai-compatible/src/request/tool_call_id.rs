//! Ids of tool calls, as a service takes them.

use std::borrow::Cow;

use crate::profile::{Profile, ToolCallIds};

/// How long an id is where its form is prescribed.
const LENGTH: usize = 9;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The id under which the service gets to know a call. An id of another form becomes one that follows
/// from it, so that a call and its result stay together, in this turn and in all later ones.
pub fn tool_call_id<'a>(id: &'a str, profile: &Profile) -> Cow<'a, str> {
    let fits = || id.len() == LENGTH && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match profile.tool_call_ids {
        ToolCallIds::Any => Cow::Borrowed(id),
        ToolCallIds::NineAlphanumerics if fits() => Cow::Borrowed(id),
        ToolCallIds::NineAlphanumerics => Cow::Owned(digits(fnv(id))),
    }
}

/// FNV-1a: its 64 bits are more than nine digits hold, and a conversation has few calls.
fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

fn digits(mut number: u64) -> String {
    let mut digit = || {
        let digit = ALPHABET.get((number % 62) as usize).copied();
        number /= 62;
        char::from(digit.unwrap_or(b'0'))
    };
    (0..LENGTH).map(|_| digit()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NINE: Profile = Profile {
        tool_call_ids: ToolCallIds::NineAlphanumerics,
        ..Profile::COMPATIBLE
    };

    #[test]
    fn an_id_that_fits_stays() {
        assert_eq!(tool_call_id("gRgYUmPLP", &NINE), "gRgYUmPLP");
        assert_eq!(tool_call_id("call_1", &Profile::COMPATIBLE), "call_1");
    }

    #[test]
    fn any_other_id_becomes_nine_letters_and_digits_that_differ_with_it() {
        let ids = ["", "call_1", "call_2", "gRgYUm-LP", "weather_e8p4pn45zt0t"];
        let made = ids.map(|id| tool_call_id(id, &NINE).into_owned());
        for (position, id) in made.iter().enumerate() {
            assert_eq!(id.len(), 9, "{id}");
            assert!(id.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{id}");
            assert!(!made.iter().skip(position + 1).any(|other| other == id));
        }
        assert_eq!(tool_call_id("call_1", &NINE), tool_call_id("call_1", &NINE));
    }
}
