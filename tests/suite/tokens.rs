//! Credentials that the host obtains: what it sends for a token, how long it keeps one, who gets to
//! see it (no guest), and what is said when there is none.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use futures::future::join_all;
use ring::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};
use tidegate_host::grants::Secret;
use tidegate_host::{
    ClientAuthentication, ClientCredentials, Outcome, ProviderConfig, Runtime, SecretValue,
    ServiceAccount, TokenEndpoint,
};
use tidegate_tests::audit::Audit;
use tidegate_tests::calls::{builder_with, runtime_with};
use tidegate_tests::courier::{self, Errand, Seen, all_text};
use tidegate_tests::names::Names;
use tidegate_tests::upstream::{Answer, Request, Upstream};

const KEY: &str = include_str!("../../runtime/host/src/secret/service_account/test-key.pem");
const CLIENT_SECRET: &str = "cs~Tq7vXw2:LmZr9+KdPe4Yb";

fn account(tokens: &Upstream) -> SecretValue {
    let file = json!({
        "type": "service_account",
        "private_key_id": "kid-1",
        "private_key": KEY,
        "client_email": "robot@project.example",
        "token_uri": tokens.url("/token"),
    });
    let account = ServiceAccount::from_json(Secret::new(file.to_string()), "read write");
    SecretValue::ServiceAccount(account.unwrap())
}

fn client(url: &str, authentication: ClientAuthentication) -> SecretValue {
    SecretValue::ClientCredentials(ClientCredentials {
        endpoint: TokenEndpoint::parse(url).unwrap(),
        client_id: Secret::new("my client"),
        client_secret: Secret::new(CLIENT_SECRET),
        scope: Some("https://api.example/.default".into()),
        audience: Some("https://api.example/".into()),
        authentication,
    })
}

/// Issues `token-number-1`, `token-number-2` and so on.
fn issuing(seconds: u64) -> Upstream {
    let mut issued = 0;
    Upstream::start(move |_| {
        issued += 1;
        token(&format!("token-number-{issued}"), seconds)
    })
}

fn token(token: &str, seconds: u64) -> Answer {
    Answer::json(
        200,
        json!({ "access_token": token, "token_type": "Bearer", "expires_in": seconds }),
    )
}

fn config(upstream: &Upstream, value: SecretValue) -> ProviderConfig {
    ProviderConfig::new()
        .allow(upstream.url("/*"))
        .secret("bearer", value)
}

async fn status(runtime: &Runtime, upstream: &Upstream) -> u16 {
    let seen = Errand::get(upstream.url("/")).run(runtime).await;
    match seen.as_slice() {
        [Seen::Response { status, .. }] => *status,
        other => panic!("no answer: {other:?}"),
    }
}

/// What arrived in `authorization`, one after the other.
fn bearers(upstream: &Upstream) -> Vec<String> {
    let requests = upstream.requests();
    let bearer = |request: &Request| request.header("authorization").unwrap().to_owned();
    requests.iter().map(bearer).collect()
}

fn form(request: &Request) -> Vec<(String, String)> {
    let decode = |text: &str| {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            bytes.push(match byte {
                b'+' => b' ',
                b'%' => {
                    let digits = [rest.next().unwrap(), rest.next().unwrap()];
                    u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
                }
                byte => byte,
            });
        }
        String::from_utf8(bytes).unwrap()
    };
    let pairs = request.text().split('&');
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap());
    pairs
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

#[tokio::test]
async fn a_service_account_signs_for_a_token_that_is_used_again() {
    let (upstream, tokens) = (Upstream::answering(Answer::new(200)), issuing(3600));
    let runtime = runtime_with("courier", config(&upstream, account(&tokens))).await;
    for _ in 0..3 {
        assert_eq!(status(&runtime, &upstream).await, 200);
    }
    assert_eq!(bearers(&upstream), ["Bearer token-number-1"; 3]);
    let requests = tokens.requests();
    let [request] = requests.as_slice() else {
        panic!("{requests:?}");
    };
    assert_eq!(
        (request.method.as_str(), request.path()),
        ("POST", "/token")
    );
    assert_eq!(request.header("authorization"), None);
    let form = form(request);
    let [(grant, kind), (name, assertion)] = form.as_slice() else {
        panic!("{form:?}");
    };
    assert_eq!((grant.as_str(), name.as_str()), ("grant_type", "assertion"));
    assert_eq!(kind, "urn:ietf:params:oauth:grant-type:jwt-bearer");

    let (text, signature) = assertion.rsplit_once('.').unwrap();
    let der = PrivatePkcs8KeyDer::from_pem_slice(KEY.as_bytes()).unwrap();
    let key = RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).unwrap();
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key());
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    public.verify(text.as_bytes(), &signature).unwrap();
    let part = |part: &str| -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    let (header, claims) = text.split_once('.').unwrap();
    assert_eq!(
        part(header),
        json!({ "alg": "RS256", "typ": "JWT", "kid": "kid-1" })
    );
    let claims = part(claims);
    assert_eq!(claims["iss"], "robot@project.example");
    assert_eq!(claims["scope"], "read write");
    assert_eq!(claims["aud"], tokens.url("/token"));
    let [issued, ends] = ["iat", "exp"].map(|it| claims[it].as_u64().unwrap());
    assert_eq!(ends - issued, 3600);
}

#[tokio::test]
async fn a_client_shows_its_secret_in_the_header_or_in_the_body() {
    for authentication in [ClientAuthentication::Basic, ClientAuthentication::Post] {
        let (upstream, tokens) = (Upstream::answering(Answer::new(200)), issuing(3600));
        let url = tokens.url("/tenant/oauth2/v2.0/token?api=1");
        let runtime =
            runtime_with("courier", config(&upstream, client(&url, authentication))).await;
        assert_eq!(status(&runtime, &upstream).await, 200);
        assert_eq!(bearers(&upstream), ["Bearer token-number-1"]);
        let request = tokens.requests().pop().unwrap();
        assert_eq!(request.target, "/tenant/oauth2/v2.0/token?api=1");
        let mut expected = vec![
            ("grant_type", "client_credentials"),
            ("scope", "https://api.example/.default"),
            ("audience", "https://api.example/"),
        ];
        let basic = match authentication {
            // As RFC 6749 wants it: encoded as in a form, then in base64.
            ClientAuthentication::Basic => Some(format!(
                "Basic {}",
                STANDARD.encode("my+client:cs%7ETq7vXw2%3ALmZr9%2BKdPe4Yb")
            )),
            ClientAuthentication::Post => {
                expected.extend([("client_id", "my client"), ("client_secret", CLIENT_SECRET)]);
                None
            }
        };
        assert_eq!(request.header("authorization"), basic.as_deref());
        let form = form(&request);
        let form: Vec<_> = form.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(form, expected);
    }
}

#[tokio::test]
async fn many_calls_at_once_are_one_exchange() {
    let (upstream, tokens) = (Upstream::answering(Answer::new(200)), issuing(3600));
    let runtime = runtime_with("courier", config(&upstream, account(&tokens))).await;
    let calls = (0..20).map(|_| status(&runtime, &upstream));
    assert_eq!(join_all(calls).await, [200; 20]);
    assert_eq!(tokens.requests().len(), 1);
}

#[tokio::test]
async fn a_token_that_an_upstream_does_not_accept_is_not_used_again() {
    let upstream = Upstream::start(|request| {
        let bearer = request.header("authorization");
        Answer::new(if bearer == Some("Bearer token-number-1") {
            401
        } else {
            200
        })
    });
    let tokens = issuing(3600);
    let runtime = runtime_with("courier", config(&upstream, account(&tokens))).await;
    assert_eq!(status(&runtime, &upstream).await, 401);
    assert_eq!(status(&runtime, &upstream).await, 200);
    assert_eq!(status(&runtime, &upstream).await, 200);
    assert_eq!(tokens.requests().len(), 2);
}

#[tokio::test]
async fn a_token_is_not_used_past_its_end() {
    let (upstream, tokens) = (Upstream::answering(Answer::new(200)), issuing(0));
    let runtime = runtime_with("courier", config(&upstream, account(&tokens))).await;
    for _ in 0..2 {
        assert_eq!(status(&runtime, &upstream).await, 200);
    }
    assert_eq!(
        bearers(&upstream),
        ["Bearer token-number-1", "Bearer token-number-2"]
    );
}

#[tokio::test]
async fn what_is_wrong_with_an_exchange_is_said_without_the_secret() {
    let not_json = || Answer::new(200).body("<html>");
    let refused = |status: u16, error: &str| {
        Answer::json(
            status,
            json!({ "error": error, "error_description": CLIENT_SECRET }),
        )
    };
    for (answer, kind, says) in [
        (
            refused(400, "invalid_grant"),
            "unauthorized",
            "`invalid_grant`",
        ),
        (
            refused(401, "invalid_client"),
            "unauthorized",
            "`invalid_client`",
        ),
        (refused(403, CLIENT_SECRET), "unauthorized", "status 403"),
        (Answer::new(503), "unreachable", "status 503"),
        (Answer::new(302), "unauthorized", "status 302"),
        (not_json(), "malformed", "`access_token`"),
        (token("two\nlines", 60), "malformed", "cannot be sent"),
        (
            Answer::json(200, json!({ "access_token": "t", "token_type": "mac" })),
            "malformed",
            "not `Bearer`",
        ),
        (
            Answer::new(200).body("x".repeat(300 << 10)),
            "too-large",
            "bytes",
        ),
    ] {
        let upstream = Upstream::answering(Answer::new(200));
        let tokens = Upstream::answering(answer);
        let value = client(&tokens.url("/token"), ClientAuthentication::Post);
        let runtime = runtime_with("courier", config(&upstream, value)).await;
        let (failed, message) = Errand::get(upstream.url("/")).failure(&runtime).await;
        assert_eq!(failed, kind, "{message}");
        assert!(message.contains(says), "{message}");
        assert!(message.contains("the credential `bearer`"), "{message}");
        assert!(!message.contains("Tq7vXw2"), "{message}");
        assert_eq!(upstream.connections(), 0, "nothing is sent without it");
    }
    let absent = Upstream::absent();
    let upstream = Upstream::answering(Answer::new(200));
    let value = client(
        &format!("{}/token", absent.origin()),
        ClientAuthentication::Basic,
    );
    let runtime = runtime_with("courier", config(&upstream, value)).await;
    let (kind, _) = Errand::get(upstream.url("/")).failure(&runtime).await;
    assert_eq!(kind, "unreachable");
}

#[tokio::test]
async fn a_guest_sees_neither_token_nor_what_it_was_obtained_with() {
    let upstream = Upstream::start(|request| {
        let head = String::from_utf8_lossy(&request.head).into_owned();
        Answer::new(200)
            .header("x-echo", request.header("authorization").unwrap())
            .body(format!("{head}{CLIENT_SECRET}"))
    });
    let tokens = Upstream::answering(token("ya29.Tq7vXw2LmZr9KdPe4Yb", 3600));
    let value = client(&tokens.url("/token"), ClientAuthentication::Basic);
    let runtime = runtime_with("courier", config(&upstream, value)).await;
    let errands = ["whole", "chunks"].map(|it| {
        Errand::get(upstream.url("/"))
            .header("x-public", "no-secret")
            .delivered(it)
    });
    let (seen, memory) = courier::run_and_dump(&runtime, errands).await;
    assert_eq!(bearers(&upstream), ["Bearer ya29.Tq7vXw2LmZr9KdPe4Yb"; 2]);
    for haystack in [memory.as_slice(), all_text(&seen).as_bytes()] {
        let text = String::from_utf8_lossy(haystack);
        assert!(text.contains("no-secret"), "nothing was echoed");
        for secret in ["Tq7vXw2LmZr9KdPe4Yb", CLIENT_SECRET] {
            assert!(!text.contains(secret), "`{secret}` is there");
        }
    }
}

#[tokio::test]
async fn an_exchange_is_recorded_as_the_hosts_and_is_no_right_of_the_guests() {
    let (upstream, tokens) = (Upstream::answering(Answer::new(200)), issuing(3600));
    let audit = Audit::default();
    let builder = builder_with("courier", config(&upstream, account(&tokens))).await;
    let runtime = builder.audit(audit.sink()).build().unwrap();
    assert_eq!(status(&runtime, &upstream).await, 200);
    let (kind, _) = Errand::post(tokens.url("/token"), "grant_type=mine")
        .failure(&runtime)
        .await;
    assert_eq!(kind, "denied");
    assert_eq!(tokens.requests().len(), 1);

    let records = audit.records();
    let facts: Vec<_> = records
        .iter()
        .map(|it| {
            (
                it.origin.as_str(),
                it.path.as_str(),
                it.token_for.as_deref(),
                it.status,
            )
        })
        .collect();
    assert_eq!(
        facts,
        [
            (
                tokens.origin().as_str(),
                "/token",
                Some("bearer"),
                Some(200)
            ),
            (upstream.origin().as_str(), "/", None, Some(200)),
            (tokens.origin().as_str(), "/token", None, None),
        ]
    );
    assert_eq!(records[0].request_id, records[1].request_id);
    assert_eq!(records[0].outcome, Outcome::Complete);
    assert!(matches!(records[2].outcome, Outcome::Denied(_)));
    let shown = format!("{records:?}");
    assert!(
        !shown.contains("token-number") && !shown.contains("assertion"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_token_endpoint_on_a_private_network_is_refused_unless_the_operator_says_so() {
    let upstream = Upstream::answering(Answer::new(200));
    let names = Names::default().answer("id.example", &["10.0.0.1"]);
    let value = client("https://id.example/token", ClientAuthentication::Basic);
    let audit = Audit::default();
    let builder = builder_with("courier", config(&upstream, value)).await;
    let builder = builder.resolver(names.resolver()).audit(audit.sink());
    let runtime = builder.build().unwrap();
    let (kind, message) = Errand::get(upstream.url("/")).failure(&runtime).await;
    assert_eq!(
        (kind.as_str(), message.as_str()),
        ("denied", "HTTP-request-denied")
    );
    let records = audit.records();
    let Outcome::Denied(sentence) = &records[0].outcome else {
        panic!("{records:?}");
    };
    assert!(sentence.contains("https://id.example"), "{sentence}");
    assert_eq!(upstream.connections(), 0);
}

#[tokio::test]
async fn an_origin_outside_its_list_causes_no_exchange() {
    let (upstream, tokens) = (Upstream::answering(Answer::new(200)), issuing(3600));
    let mut config = config(&upstream, account(&tokens));
    config.secrets[0].to = Some(vec![]);
    let runtime = runtime_with("courier", config).await;
    assert_eq!(status(&runtime, &upstream).await, 200);
    assert_eq!(upstream.requests()[0].header("authorization"), None);
    assert_eq!(tokens.connections(), 0);
}
