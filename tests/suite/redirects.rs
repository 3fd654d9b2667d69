//! A redirect is an answer: where it points is a request that nobody asked for.

use tidegate_host::ProviderConfig;
use tidegate_tests::calls::runtime_with;
use tidegate_tests::courier::{Errand, Seen};
use tidegate_tests::upstream::{Answer, Upstream};

#[tokio::test]
async fn redirects_are_not_followed_even_to_where_is_granted() {
    let elsewhere = Upstream::answering(Answer::new(200));
    for status in [301, 302, 303, 307, 308] {
        let location = elsewhere.url("/stolen");
        let answer = Answer::new(status).header("location", &location);
        let upstream = Upstream::answering(answer);
        let config = ProviderConfig::new()
            .allow(upstream.url("/*"))
            .allow(elsewhere.url("/*"));
        let runtime = runtime_with("courier", config.secret("bearer", "sk-test-secret")).await;
        let seen = Errand::post(upstream.url("/"), "body").run(&runtime).await;
        let Seen::Response {
            status: seen_status,
            headers,
            ..
        } = &seen[0]
        else {
            panic!("{seen:?}");
        };
        assert_eq!(*seen_status, status);
        assert!(
            headers.contains(&("location".into(), location)),
            "{headers:?}"
        );
        assert_eq!(upstream.requests().len(), 1);
    }
    assert_eq!(elsewhere.connections(), 0);
}
