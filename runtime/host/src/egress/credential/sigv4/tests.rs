//! Against the examples that AWS publishes: in its guide to signing, in its suite of test cases, and
//! in the reference of its object store.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, UNIX_EPOCH};

use super::*;

/// 2015-08-30T12:36:00Z
const SUITE: u64 = 1_440_938_160;

fn key(secret: &str, token: Option<&str>) -> AccessKey {
    AccessKey {
        id: Secret::new("AKIDEXAMPLE"),
        secret: Secret::new(secret),
        session_token: token.map(Secret::new),
    }
}

fn scope(service: &str, region: &str) -> AwsSigv4 {
    AwsSigv4 {
        service: service.into(),
        region: region.into(),
    }
}

fn signer(service: &str, token: Option<&str>) -> Signer {
    let key = key("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token);
    Signer::new("aws", &key, &scope(service, "us-east-1"), &[]).unwrap()
}

fn request(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Request<Bytes> {
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request
        .body(Bytes::copy_from_slice(body.as_bytes()))
        .unwrap()
}

fn signed(signer: &Signer, mut request: Request<Bytes>, at: u64) -> (Request<Bytes>, String) {
    let now = UNIX_EPOCH + Duration::from_secs(at);
    let signature = signer.sign(&mut request, now).unwrap();
    (request, signature)
}

#[test]
fn the_guides_list_of_users() {
    let url = "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08";
    let form = "application/x-www-form-urlencoded; charset=utf-8";
    let request = request("GET", url, &[("content-type", form)], "");
    let (request, _) = signed(&signer("iam", None), request, SUITE);
    assert_eq!(
        request.headers()["authorization"],
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
         SignedHeaders=content-type;host;x-amz-date, \
         Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
    );
    assert_eq!(request.headers()["x-amz-date"], "20150830T123600Z");
}

#[test]
fn the_guides_list_of_users_with_a_body() {
    let form = "application/x-www-form-urlencoded; charset=utf-8";
    let body = "Action=ListUsers&Version=2010-05-08";
    let request = request(
        "POST",
        "http://iam.amazonaws.com/",
        &[("content-type", form)],
        body,
    );
    let (_, signature) = signed(&signer("iam", None), request, 1_315_611_360);
    assert_eq!(
        signature,
        "ced6826de92d2bdeed8f846f0bf508e8559e98e4b0199114b84c54174deb456c"
    );
}

#[test]
fn cases_of_the_suite() {
    let url = "https://example.amazonaws.com/";
    for (name, request, token, signature) in [
        (
            "get-vanilla",
            request("GET", url, &[], ""),
            None,
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        ),
        (
            "get-vanilla-query-order-key-case",
            request(
                "GET",
                &format!("{url}?Param2=value2&Param1=value1"),
                &[],
                "",
            ),
            None,
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        (
            "get-header-value-trim",
            request(
                "GET",
                url,
                &[("my-header1", "value1"), ("my-header2", "\"a   b   c\"")],
                "",
            ),
            None,
            "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
        ),
        (
            "get-vanilla-with-session-token",
            request("GET", url, &[], ""),
            Some("6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"),
            "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8",
        ),
    ] {
        let (request, ours) = signed(&signer("service", token), request, SUITE);
        assert_eq!(ours, signature, "{name}");
        let sent = request.headers().get("x-amz-security-token");
        assert_eq!(sent.map(|it| it.to_str().unwrap()), token, "{name}");
    }
}

/// Its example of a part of an object, `x-amz-content-sha256` included.
#[test]
fn the_object_stores_example() {
    let key = AccessKey {
        id: Secret::new("AKIAIOSFODNN7EXAMPLE"),
        ..key("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", None)
    };
    let signer = Signer::new("aws", &key, &scope("s3", "us-east-1"), &[]).unwrap();
    let url = "https://examplebucket.s3.amazonaws.com/test.txt";
    let request = request("GET", url, &[("range", "bytes=0-9")], "");
    let (_, signature) = signed(&signer, request, 1_369_353_600);
    assert_eq!(
        signature,
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    );
}

#[test]
fn what_a_guest_says_of_the_signature_is_dropped() {
    let url = "https://example.amazonaws.com/";
    let headers = [
        ("authorization", "mine"),
        ("x-amz-date", "20110909T233600Z"),
        ("x-amz-security-token", "mine"),
        ("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
    ];
    let (request, signature) = signed(
        &signer("service", None),
        request("GET", url, &headers, ""),
        SUITE,
    );
    assert_eq!(
        signature,
        "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
    );
    assert_eq!(request.headers().len(), 2, "{:?}", request.headers());
}

#[test]
fn a_region_that_is_not_the_hosts_is_a_mistake() {
    let key = key("secret", None);
    let new = |region: &str, origin: &str| {
        let origins = [origin.parse::<OriginPattern>().unwrap()];
        let signer = Signer::new("aws", &key, &scope("bedrock", region), &origins);
        signer.err().map(|error| error.to_string())
    };
    let host = "https://bedrock-runtime.us-east-1.amazonaws.com";
    assert_eq!(new("us-east-1", host), None);
    // Names of one's own say nothing of a region.
    assert_eq!(new("us-east-1", "https://my-models-1.example.com"), None);
    assert_eq!(new("us-east-1", "http://127.0.0.1:8080"), None);
    let error = new("eu-central-1", host).unwrap();
    assert!(
        error.contains("`eu-central-1`") && error.contains("is in `us-east-1`"),
        "{error}"
    );
    for region in ["", "US East", "us-east-1\n", "us_east_1"] {
        let error = new(region, host).unwrap();
        assert!(error.contains("cannot sign for the region"), "{error}");
    }
}
