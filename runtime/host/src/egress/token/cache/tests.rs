//! Many calls and one token: who exchanges, who waits, and what becomes of failures.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use futures::FutureExt as _;
use futures::future::join_all;
use http::header::{AUTHORIZATION, HeaderValue};
use tokio::sync::Semaphore;

use super::*;
use crate::types::FetchFailureKind;

fn token(name: &str, lifetime: Lifetime) -> Arc<Token> {
    Arc::new(Token {
        place: Place::Header(AUTHORIZATION, HeaderValue::try_from(name).unwrap()),
        mask: Mask::new([name]),
        lifetime,
    })
}

fn lasting(name: &str) -> Issued {
    Ok(token(name, Lifetime::new(Instant::now(), Some(3600))))
}

fn failure() -> Issued {
    Err(FetchFailure {
        kind: FetchFailureKind::Timeout,
        message: "no".into(),
    })
}

fn name(issued: &Issued) -> String {
    match issued {
        Ok(token) => match &token.place {
            Place::Header(_, value) => value.to_str().unwrap().to_owned(),
            Place::Query { .. } => String::new(),
        },
        Err(failure) => failure.message.clone(),
    }
}

/// Gives what is prepared, one after the other, each only when there is a permit.
struct Server {
    answers: Mutex<Vec<Issued>>,
    asked: AtomicUsize,
    permits: Semaphore,
}

impl Server {
    fn new(answers: impl IntoIterator<Item = Issued>) -> Arc<Self> {
        let mut answers: Vec<Issued> = answers.into_iter().collect();
        answers.reverse();
        Arc::new(Server {
            answers: Mutex::new(answers),
            asked: AtomicUsize::new(0),
            permits: Semaphore::new(0),
        })
    }

    fn open(self: Arc<Self>) -> Arc<Self> {
        self.permits.add_permits(1000);
        self
    }

    fn answer(&self) -> BoxFuture<'_, Issued> {
        async {
            self.asked.fetch_add(1, Relaxed);
            self.permits.acquire().await.unwrap().forget();
            self.answers.lock().unwrap().pop().unwrap()
        }
        .boxed()
    }

    fn asked(&self) -> usize {
        self.asked.load(Relaxed)
    }
}

#[tokio::test]
async fn all_who_wait_share_one_exchange_and_so_do_those_after() {
    let (cache, server) = (Cache::default(), Server::new([lasting("a"), lasting("b")]));
    let calls = join_all((0..50).map(|_| cache.get(|| server.answer())));
    let open = async { server.permits.add_permits(1) };
    let (got, ()) = tokio::join!(calls, open);
    assert!(got.iter().all(|it| name(it) == "a"));
    assert_eq!(name(&cache.get(|| server.answer()).await), "a");
    assert_eq!(server.asked(), 1);
}

#[tokio::test]
async fn all_who_wait_share_a_failure_and_the_next_one_asks_again() {
    let (cache, server) = (Cache::default(), Server::new([failure(), lasting("b")]));
    let calls = join_all((0..50).map(|_| cache.get(|| server.answer())));
    let open = async { server.permits.add_permits(1) };
    let (got, ()) = tokio::join!(calls, open);
    assert!(got.iter().all(|it| name(it) == "no"));
    assert_eq!(server.asked(), 1);
    server.permits.add_permits(1);
    assert_eq!(name(&cache.get(|| server.answer()).await), "b");
}

#[tokio::test]
async fn one_who_gives_up_leaves_the_exchange_to_the_next() {
    let (cache, server) = (Cache::default(), Server::new([lasting("a")]));
    let mut first = Box::pin(cache.get(|| server.answer()));
    assert!(first.as_mut().now_or_never().is_none());
    let mut second = Box::pin(cache.get(|| server.answer()));
    assert!(second.as_mut().now_or_never().is_none());
    drop(first);
    server.permits.add_permits(1);
    assert_eq!(name(&second.await), "a");
    assert_eq!(server.asked(), 2);
}

#[tokio::test]
async fn a_rejected_token_is_not_used_again_and_another_one_is_not_lost() {
    let (cache, server) = (
        Cache::default(),
        Server::new([lasting("aaaaaaaa"), lasting("b")]).open(),
    );
    let first = cache.get(|| server.answer()).await.unwrap();
    cache.reject(&first);
    assert!(
        cache.mask().unwrap().finds(b"aaaaaaaa"),
        "it is still masked"
    );
    assert_eq!(name(&cache.get(|| server.answer()).await), "b");
    cache.reject(&first);
    assert_eq!(name(&cache.get(|| server.answer()).await), "b");
    assert_eq!(server.asked(), 2);
}

/// An upstream that takes no token must not make every request obtain one.
#[tokio::test]
async fn a_token_after_a_rejected_one_is_kept_for_a_while() {
    let (cache, server) = (
        Cache::default(),
        Server::new([lasting("a"), lasting("b"), lasting("c")]).open(),
    );
    for expected in ["a", "b", "b", "b"] {
        let issued = cache.get(|| server.answer()).await;
        assert_eq!(name(&issued), expected);
        cache.reject(&issued.unwrap());
    }
    assert_eq!(server.asked(), 2);
}

#[tokio::test]
async fn a_renewal_that_is_given_up_keeps_nobody_else_waiting() {
    let issued = Instant::now()
        .checked_sub(Duration::from_secs(3580))
        .unwrap();
    let old = Ok(token("old", Lifetime::new(issued, Some(3600))));
    let (cache, server) = (Cache::default(), Server::new([old, lasting("new")]));
    server.permits.add_permits(1);
    assert_eq!(name(&cache.get(|| server.answer()).await), "old");
    let mut renewing = Box::pin(cache.get(|| server.answer()));
    assert!(renewing.as_mut().now_or_never().is_none());
    drop(renewing);
    let next = cache.get(|| server.answer()).now_or_never();
    assert_eq!(name(&next.unwrap()), "old");
}

#[tokio::test]
async fn an_old_token_is_renewed_by_one_and_used_by_the_others() {
    // It was issued so long ago that a third of a minute of its hour is left.
    let issued = Instant::now()
        .checked_sub(Duration::from_secs(3580))
        .unwrap();
    let old = || Ok(token("old", Lifetime::new(issued, Some(3600))));
    let (cache, server) = (Cache::default(), Server::new([old(), lasting("new")]));
    server.permits.add_permits(1);
    assert_eq!(name(&cache.get(|| server.answer()).await), "old");
    let mut renewing = Box::pin(cache.get(|| server.answer()));
    assert!(renewing.as_mut().now_or_never().is_none());
    assert_eq!(name(&cache.get(|| server.answer()).await), "old");
    server.permits.add_permits(1);
    assert_eq!(name(&renewing.await), "new");
    assert_eq!(server.asked(), 2);
}

#[tokio::test]
async fn an_old_token_outlives_a_renewal_that_fails() {
    let issued = Instant::now()
        .checked_sub(Duration::from_secs(3580))
        .unwrap();
    let old = Ok(token("old", Lifetime::new(issued, Some(3600))));
    let (cache, server) = (Cache::default(), Server::new([old, failure()]).open());
    for _ in 0..4 {
        assert_eq!(name(&cache.get(|| server.answer()).await), "old");
    }
    assert_eq!(server.asked(), 2, "it rests after a failure");
}

#[tokio::test]
async fn a_token_that_is_over_at_once_is_used_once() {
    let over = |name: &str| Ok(token(name, Lifetime::new(Instant::now(), Some(0))));
    let (cache, server) = (Cache::default(), Server::new([over("a"), over("b")]).open());
    assert_eq!(name(&cache.get(|| server.answer()).await), "a");
    assert_eq!(name(&cache.get(|| server.answer()).await), "b");
}
