//! Against examples that vendors publish of their signatures, and what is refused of a template.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use super::*;

/// Of Slack's "Verifying requests from Slack".
const COMMAND: &str = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";

fn placement(template: &str, value: &str) -> Hmac {
    Hmac {
        algorithm: HmacAlgorithm::Sha256,
        encoding: HmacEncoding::Hex,
        key: HmacKey::Text,
        template: template.into(),
        header: "x-signature".into(),
        value: value.into(),
        timestamp: Some(HmacTimestamp {
            format: HmacTime::Seconds,
            header: Some("x-time".into()),
        }),
    }
}

fn setting(name: &str) -> Option<String> {
    (name == "key-id").then(|| "key-7".into())
}

fn signed(placement: &Hmac, secret: &str, body: &str, at: u64) -> (String, Option<String>) {
    let signer = Signer::new("hmac", placement, &Secret::new(secret), setting).unwrap();
    let mut request = Request::post("https://api.example:8443/v1/a%2Fb?x=1&y=")
        .header("x-signature", "mine")
        .body(Bytes::copy_from_slice(body.as_bytes()))
        .unwrap();
    let now = UNIX_EPOCH + Duration::from_secs(at);
    signer.sign(&mut request, now).unwrap();
    let values = request.headers().get_all("x-signature");
    assert_eq!(values.iter().count(), 1);
    let header = |name: &str| {
        let value = request.headers().get(name)?;
        Some(value.to_str().unwrap().to_owned())
    };
    (header("x-signature").unwrap(), header("x-time"))
}

#[test]
fn slacks_example() {
    let placement = placement("v0:{timestamp}:{body}", "v0={signature}");
    let secret = "8f742231b10e8888abcd99yyyzzz85a5";
    let (signature, time) = signed(&placement, secret, COMMAND, 1_531_420_618);
    assert_eq!(
        signature,
        "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    );
    assert_eq!(time.as_deref(), Some("1531420618"));
}

#[test]
fn githubs_example() {
    let placement = Hmac {
        timestamp: None,
        ..placement("{body}", "sha256={signature}")
    };
    let secret = "It's a Secret to Everybody";
    let (signature, time) = signed(&placement, secret, "Hello, World!", 0);
    assert_eq!(
        signature,
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    );
    assert_eq!(time, None);
}

/// The second test case of RFC 2202 and of RFC 4231, with the key written in each way.
#[test]
fn examples_of_the_standards() {
    let (key, text) = ("Jefe", "what do ya want for nothing?");
    let sha1 = "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79";
    let sha512 = "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
                  9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737";
    for (algorithm, expected) in [(HmacAlgorithm::Sha1, sha1), (HmacAlgorithm::Sha512, sha512)] {
        for (form, key) in [
            (HmacKey::Text, key),
            (HmacKey::Hex, "4a656665"),
            (HmacKey::Base64, "SmVmZQ=="),
        ] {
            let placement = Hmac {
                algorithm,
                key: form,
                ..placement("{body}", "{signature}")
            };
            assert_eq!(signed(&placement, key, text, 0).0, expected);
        }
    }
    let base64 = Hmac {
        algorithm: HmacAlgorithm::Sha1,
        encoding: HmacEncoding::Base64,
        ..placement("{body}", "{signature}")
    };
    assert_eq!(
        signed(&base64, key, text, 0).0,
        "7/zfauXrL6LSdBbV8YTfnCWafHk="
    );
}

#[test]
fn every_placeholder_stands_for_what_is_sent() {
    let text = "{method}|{host}|{path}|{query}|{body}|{body-sha256}|{timestamp}|{newline}|{key-id}";
    let template = Template::parse(text, setting).unwrap();
    let request = Request::post("https://api.example:8443/v1/a%2Fb?x=1&y=")
        .body(Bytes::from_static(b"abc"))
        .unwrap();
    let facts = Facts {
        request: &request,
        time: "17",
        signature: "",
    };
    assert_eq!(
        String::from_utf8(template.fill(&facts)).unwrap(),
        "POST|api.example:8443|/v1/a%2Fb|x=1&y=|abc|\
         ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad|17|\n|key-7"
    );
}

#[test]
fn times_are_written_as_vendors_want_them() {
    let now = UNIX_EPOCH + Duration::from_millis(1_440_938_160_123);
    assert_eq!(written(HmacTime::Seconds, now), "1440938160");
    assert_eq!(written(HmacTime::Milliseconds, now), "1440938160123");
    assert_eq!(written(HmacTime::Iso8601, now), "2015-08-30T12:36:00Z");
    assert_eq!(iso8601(951_868_799), "2000-02-29T23:59:59Z");
}

#[test]
fn a_placement_that_makes_no_sense_is_refused() {
    let untimed = Hmac {
        timestamp: None,
        ..placement("{timestamp}", "{signature}")
    };
    let host = Hmac {
        header: "Host".into(),
        ..placement("{body}", "{signature}")
    };
    for (placement, says) in [
        (placement("{bodies}", "{signature}"), "`{bodies}`"),
        (placement("{body", "{signature}"), "nothing closes"),
        (placement("{signature}", "{signature}"), "its own signature"),
        (placement("{body}", "v0="), "no `{signature}`"),
        (placement("{body}", "{signature}{body}"), "repeats more"),
        (untimed, "how the time is written"),
        (host, "cannot be sent so"),
    ] {
        let problem = check(&placement, setting).unwrap_err();
        assert!(problem.contains(says), "{problem}");
    }
}

#[test]
fn a_secret_that_is_not_written_so_is_refused_and_not_shown() {
    for (key, says) in [(HmacKey::Hex, "hexadecimal"), (HmacKey::Base64, "base64")] {
        let placement = Hmac {
            key,
            ..placement("{body}", "{signature}")
        };
        let secret = Secret::new("sk!very-secret");
        let error = Signer::new("hmac", &placement, &secret, setting)
            .err()
            .unwrap();
        let shown = format!("{error} {error:?}");
        assert!(
            shown.contains(says) && !shown.contains("very-secret"),
            "{shown}"
        );
    }
}
