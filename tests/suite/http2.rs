//! Upstreams that speak HTTP/2: many requests on one connection, none of which may hold up, or end
//! with, another.

use futures::{FutureExt as _, StreamExt as _};
use tidegate_host::{EventStream, Runtime};
use tidegate_tests::calls::stream;
use tidegate_tests::courier::{Errand, Seen};
use tidegate_tests::secure::{Authority, Http2, Reply};

use crate::tls::{courier, url};

async fn vendor(reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> (Http2, Runtime) {
    let authority = Authority::default();
    let vendor = Http2::start(authority.server("api.example.com"), reply).await;
    let runtime = courier(vendor.port(), Some(authority.pem())).await;
    (vendor, runtime)
}

/// Asks for an answer piece by piece, and reads no further than its first piece.
async fn open(runtime: &Runtime, url: String) -> EventStream {
    let errand = Errand::get(url).delivered("chunks");
    let errands = serde_json::to_string(&[errand]).unwrap();
    let mut events = stream(runtime, "courier/errands", &errands).await.unwrap();
    // The settings, the head, the first piece.
    for _ in 0..3 {
        events.next().await.unwrap().unwrap();
    }
    events
}

fn body(seen: &[Seen]) -> Option<&str> {
    match seen {
        [Seen::Response { body, .. }] => body.as_deref(),
        _ => None,
    }
}

#[tokio::test]
async fn requests_share_one_connection() {
    let (vendor, runtime) = vendor(|path| Reply::Whole(path.to_owned().into())).await;
    let url = |path: &str| url(vendor.port(), path);
    // The first one opens the connection and learns what it speaks.
    Errand::get(url("/first")).run(&runtime).await;
    let paths: Vec<String> = (0..20).map(|index| format!("/{index}")).collect();
    let errands = paths.iter().map(|path| async {
        let errand = Errand::post(url(path), "a body").credential("bearer");
        let seen = errand.run(&runtime).await;
        assert_eq!(body(&seen), Some(path.as_str()), "{seen:?}");
    });
    futures::future::join_all(errands).await;

    let seen = vendor.seen();
    assert_eq!(seen.connections, 1);
    assert_eq!(seen.requests.len(), 21);
    assert!(seen.requests.contains(&"HTTP/2.0 POST /7".to_owned()));
}

/// Streams that nobody reads fill their own windows, and leave the connection to the others.
#[tokio::test]
async fn a_stream_that_nobody_reads_holds_up_no_other() {
    let (vendor, runtime) = vendor(|path| match path {
        "/much" => Reply::Whole("tide ".repeat(1 << 20).into()),
        _ => Reply::Whole("little".into()),
    })
    .await;
    let url = |path: &str| url(vendor.port(), path);
    let mut unread = Vec::new();
    for _ in 0..40 {
        unread.push(open(&runtime, url("/much")).await);
    }
    let seen = Errand::get(url("/little")).run(&runtime).await;
    assert_eq!(body(&seen), Some("little"), "{seen:?}");
    assert_eq!(vendor.seen().connections, 1);
}

#[tokio::test]
async fn dropping_a_stream_ends_it_and_no_other() {
    let (vendor, runtime) = vendor(|path| match path {
        "/held" => Reply::Held("one".into()),
        _ => Reply::Whole("all".into()),
    })
    .await;
    let url = |path: &str| url(vendor.port(), path);
    let dropped = open(&runtime, url("/held")).await;
    let mut kept = open(&runtime, url("/held")).await;
    assert_eq!(vendor.seen().abandoned, 0);

    drop(dropped);
    vendor.wait_until(|seen| seen.abandoned == 1).await;
    let seen = Errand::get(url("/all")).run(&runtime).await;
    assert_eq!(body(&seen), Some("all"), "{seen:?}");
    let next = kept.next().now_or_never();
    assert!(next.is_none(), "{next:?}");
    assert_eq!(vendor.seen().connections, 1);
}

/// A connection takes a hundred streams, and a provider may have more calls than that.
#[tokio::test]
async fn a_full_connection_is_not_waited_for() {
    let (vendor, runtime) = vendor(|_| Reply::Held("one".into())).await;
    let url = url(vendor.port(), "/held");
    // The first one learns what the upstream speaks.
    let mut open_streams = vec![open(&runtime, url.clone()).await];
    for _ in 0..150 {
        open_streams.push(open(&runtime, url.clone()).await);
    }
    let seen = vendor.seen();
    assert_eq!((seen.connections, seen.requests.len()), (2, 151));
    drop(open_streams);
    vendor.wait_until(|seen| seen.abandoned == 151).await;
    open(&runtime, url).await;
    assert_eq!(vendor.seen().connections, 2);
}
