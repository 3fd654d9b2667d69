//! Which provider a name leads to: a route, a provider's own model, or an error that names what was
//! probably meant; and in which order the targets of a route are asked.

use std::collections::BTreeSet;

use tidegate_host::types::EmbedRequest;
use tidegate_host::{
    AttemptOutcome, Attempts, CallOptions, Error, Price, ProviderConfig, Route, RouteTarget,
    Runtime, RuntimeBuilder, Strategy,
};
use tidegate_tests::calls::{ask, question};
use tidegate_tests::guests::component;

/// `echo` under several names.
async fn echoes(names: &[&str]) -> RuntimeBuilder {
    let mut builder = Runtime::builder();
    for name in names {
        builder = builder.provider(*name, component("echo").await, ProviderConfig::new());
    }
    builder
}

/// Who answered a call of `model`.
async fn who(runtime: &Runtime, model: &str) -> String {
    let stream = runtime.chat(question(model, "Hi"), CallOptions::default());
    let stream = stream.await.unwrap();
    let attempts = stream.attempts();
    assert_eq!(attempts.len(), 1, "{attempts:?}");
    assert_eq!(stream.complete().await.unwrap().text(), "Hi");
    format!("{}/{}", attempts[0].provider, attempts[0].model)
}

#[tokio::test]
async fn a_route_wins_over_a_provider_of_that_name() {
    let runtime = echoes(&["echo", "other"])
        .await
        .route("fast", Route::new(["echo/echo-1"]))
        .route("echo/echo-2", Route::new(["other/echo-2", "echo/echo-2"]))
        .build()
        .unwrap();
    assert_eq!(who(&runtime, "fast").await, "echo/echo-1");
    assert_eq!(who(&runtime, "echo/echo-2").await, "other/echo-2");
    assert_eq!(who(&runtime, "echo/a/b").await, "echo/a/b");
    let names: Vec<String> = runtime.routes().into_iter().map(|it| it.0).collect();
    assert_eq!(names, ["echo/echo-2", "fast"]);
}

#[tokio::test]
async fn a_name_that_leads_nowhere_is_met_with_the_nearest() {
    let builder = echoes(&["echo"]).await;
    let runtime = builder.route("fast", Route::new(["echo/echo-1"]));
    let runtime = runtime.build().unwrap();
    for (name, expected) in [
        (
            "fsat",
            "model `fsat` names no provider\nhint: write `provider/model`\nhint: did you mean `fast`?",
        ),
        (
            "ehco",
            "model `ehco` names no provider\nhint: write `provider/model`\nhint: did you mean `echo/…`?",
        ),
        (
            "ehco/echo-1",
            "no provider `ehco`\nhint: did you mean `echo`?",
        ),
    ] {
        let error = ask(&runtime, name, "").await.unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test]
async fn a_route_that_makes_no_sense_is_refused() {
    let builder = echoes(&["echo"]).await;
    let built = builder
        .route("fast", Route::new(["eco/echo-1"]))
        .build()
        .err();
    let Some(Error::Config { message, hint }) = built else {
        panic!("it was built");
    };
    assert_eq!(
        message,
        "route `fast` leads to `eco/echo-1`, and there is no provider `eco`"
    );
    assert_eq!(hint, "did you mean `echo`?");
}

#[tokio::test]
async fn targets_take_turns() {
    let route = Route::new(["one/m", "two/m", "three/m"]).strategy(Strategy::RoundRobin);
    let builder = echoes(&["one", "two", "three"]).await;
    let runtime = builder.route("all", route).build().unwrap();
    for expected in ["one/m", "two/m", "three/m", "one/m"] {
        assert_eq!(who(&runtime, "all").await, expected);
    }
}

#[tokio::test]
async fn chance_goes_by_weight() {
    let route = Route::new([
        RouteTarget::new("one/m").weight(0),
        RouteTarget::new("two/m").weight(3),
    ]);
    let route = route.strategy(Strategy::Weighted);
    let runtime = echoes(&["one", "two"]).await.route("all", route).build();
    let runtime = runtime.unwrap();
    for _ in 0..20 {
        assert_eq!(who(&runtime, "all").await, "two/m");
    }
}

#[tokio::test]
async fn the_cheapest_answers() {
    let config = ProviderConfig::new()
        .price("large", Price::new(3.0, 15.0))
        .price("small", Price::new(0.25, 1.25));
    let builder = Runtime::builder().provider("echo", component("echo").await, config);
    let route = Route::new(["echo/unknown", "echo/large", "echo/small"]);
    let builder = builder.route("cheap", route.strategy(Strategy::Cheapest));
    let runtime = builder.build().unwrap();
    assert_eq!(who(&runtime, "cheap").await, "echo/small");
    let provider = runtime.provider("echo").unwrap();
    assert_eq!(provider.price("large"), Some(&Price::new(3.0, 15.0)));
    assert_eq!(provider.price("unknown"), None);
}

#[tokio::test]
async fn every_target_is_measured_before_the_fastest_is_known() {
    let route = Route::new(["one/m", "two/m", "three/m"]).strategy(Strategy::LeastLatency);
    let builder = echoes(&["one", "two", "three"]).await;
    let runtime = builder.route("all", route).build().unwrap();
    let mut seen = BTreeSet::new();
    // Three would do, but for the call in twenty that goes exploring.
    for _ in 0..30 {
        seen.insert(who(&runtime, "all").await);
    }
    assert_eq!(seen.len(), 3, "{seen:?}");
}

#[tokio::test]
async fn other_operations_are_routed_too() {
    let route = Route::new(["one/error", "two/echo-1"]);
    let runtime = echoes(&["one", "two"]).await.route("vectors", route);
    let runtime = runtime.build().unwrap();
    let attempts = Attempts::new();
    let options = CallOptions {
        attempts: Some(attempts.clone()),
        ..CallOptions::default()
    };
    let request = EmbedRequest::new("vectors", ["a", "b"]);
    let embeddings = runtime.embed_with(request, options).await.unwrap();
    assert_eq!(embeddings.vectors.len(), 2);
    let attempts = attempts.list();
    assert_eq!(&*attempts[0].provider, "one");
    assert_eq!(attempts[0].outcome, AttemptOutcome::Answered);
}

#[tokio::test]
async fn routes_change_at_run_time() {
    let runtime = echoes(&["one", "two"])
        .await
        .route("fast", Route::new(["one/m"]))
        .build()
        .unwrap();
    let routes = |target: &str| [("fast".to_owned(), Route::new([target]))];
    runtime.set_routes(routes("two/m")).unwrap();
    assert_eq!(who(&runtime, "fast").await, "two/m");
    assert!(runtime.set_routes(routes("three/m")).is_err());
    assert_eq!(who(&runtime, "fast").await, "two/m", "nothing has changed");
    runtime.set_routes([]).unwrap();
    assert!(ask(&runtime, "fast", "").await.is_err());
}
