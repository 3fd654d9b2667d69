//! A host can be spelt in many ways, and parsers differ in which host they read. Each of these is
//! sent at a grant for one host, with a listener where the other reading would lead.

use tidegate_host::{ProviderConfig, Runtime};
use tidegate_tests::calls::builder_with;
use tidegate_tests::courier::Errand;
use tidegate_tests::names::Names;
use tidegate_tests::upstream::{Answer, Upstream};

/// A courier that may reach only `api.example.com`, and the names that were looked up for it.
async fn courier(allow: &str) -> (Runtime, Names) {
    let names = Names::default();
    let config = ProviderConfig {
        private: true,
        ..ProviderConfig::new().allow(allow)
    };
    let builder = builder_with("courier", config).await;
    (builder.resolver(names.resolver()).build().unwrap(), names)
}

#[tokio::test]
async fn a_grant_for_a_name_is_not_passed_by_another_host_in_its_dress() {
    let upstream = Upstream::answering(Answer::new(200));
    let port = upstream.port();
    let (runtime, names) = courier(&format!("http://api.example.com:{port}/*")).await;
    for authority in [
        // Userinfo, plain and disguised.
        "api.example.com@127.0.0.1",
        "api.example.com:80@127.0.0.1",
        "127.0.0.1@api.example.com",
        "user:password@api.example.com",
        "@api.example.com",
        "api.example.com%40127.0.0.1",
        "api.example.com%2f@127.0.0.1",
        "127.0.0.1\\@api.example.com",
        "127.0.0.1#@api.example.com",
        "127.0.0.1?@api.example.com",
        "127.0.0.1/@api.example.com",
        // Names that only begin or end alike.
        "api.example.com.127.0.0.1",
        "api.example.com.evil.example",
        "evil-api.example.com",
        "x.api.example.com",
        "example.com",
        // The name itself, in other clothes.
        "api.example.com.",
        "api.example.com..",
        "api%2eexample%2ecom",
        "%61pi.example.com",
        "api。example。com",
        "ａｐｉ.example.com",
        "аpi.example.com",
        "api.exam\u{ad}ple.com",
        "api.example.com\u{200b}",
        "xn--pi-6kc.example.com",
        "api.example.com\t",
        " api.example.com",
        "api.\r\nexample.com",
        "api.example.com\u{0}",
        "[api.example.com]",
        "",
    ] {
        let url = format!("http://{authority}:{port}/");
        let (kind, _) = Errand::get(&url).failure(&runtime).await;
        assert!(
            ["denied", "invalid-request"].contains(&kind.as_str()),
            "{url}: {kind}"
        );
    }
    assert_eq!(names.asked(), [""; 0], "nothing was looked up");
    assert_eq!(upstream.connections(), 0);
}

#[tokio::test]
async fn an_address_is_granted_as_it_is_written_and_no_other_way() {
    let upstream = Upstream::answering(Answer::new(200));
    let port = upstream.port();
    let (runtime, names) = courier(&upstream.url("/*")).await;
    for host in [
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "127.1",
        "127.0.1",
        "127.0.0.01",
        "127.0.0.1.",
        "127.0.0.2",
        "0.0.0.0",
        "0",
        "%31%32%37.0.0.1",
        "127%2e0.0.1",
        "127。0。0。1",
        "１２７.0.0.1",
        "①②⑦.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "[::1%25lo]",
        "localhost",
        "ip6-localhost",
        "127.0.0.1.nip.io",
    ] {
        let url = format!("http://{host}:{port}/");
        let (kind, _) = Errand::get(&url).failure(&runtime).await;
        assert!(
            ["denied", "invalid-request"].contains(&kind.as_str()),
            "{url}: {kind}"
        );
    }
    assert_eq!(names.asked(), [""; 0], "nothing was looked up");
    assert_eq!(upstream.connections(), 0);
}

#[tokio::test]
async fn ports_that_are_none_do_not_pass() {
    let upstream = Upstream::answering(Answer::new(200));
    let (runtime, _) = courier(&upstream.url("/*")).await;
    let port = upstream.port();
    for port in [
        format!("{}", u32::from(port) + 65_536),
        format!("0{port}:80"),
        format!("+{port}"),
        format!("{port}x"),
        "80".into(),
        "".into(),
    ] {
        let url = format!("http://127.0.0.1:{port}/");
        let (kind, _) = Errand::get(&url).failure(&runtime).await;
        assert!(
            ["denied", "invalid-request"].contains(&kind.as_str()),
            "{url}: {kind}"
        );
    }
    assert_eq!(upstream.connections(), 0);
}
