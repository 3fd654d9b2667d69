//! A tap hears what a provider sends and gets, and no credential: neither the one that the host adds
//! nor one that the upstream sends back.

use std::sync::{Arc, Mutex};

use futures::StreamExt as _;
use tidegate_host::types::{ChatRequest, Message, Operation};
use tidegate_host::{CallOptions, ProviderConfig, Runtime, Tap, Tapped};
use tidegate_tests::guests;
use tidegate_tests::upstream::{Answer, Upstream};

const SECRET: &str = "sk-0123456789abcdef";

/// Everything that is heard in one chat with this answer.
async fn heard(answer: Answer) -> (Upstream, Vec<Tapped>) {
    let upstream = Upstream::answering(answer);
    let config = ProviderConfig::new()
        .allow(upstream.url("/*"))
        .setting("base-url", upstream.url("/v1"))
        .secret("api-key", SECRET);
    let openai = guests::component("openai").await;
    let runtime = Runtime::builder().provider("it", openai, config).build();
    let provider = runtime.unwrap().provider("it").unwrap();
    let heard: Arc<Mutex<Vec<Tapped>>> = Arc::default();
    let listener = heard.clone();
    let options = CallOptions {
        tap: Some(Tap::new(move |tapped| {
            listener.lock().unwrap().push(tapped)
        })),
        ..CallOptions::default()
    };
    let mut request = ChatRequest::new("m", vec![Message::user("Hi")]);
    request.stream = true;
    let outputs = provider.call(Operation::Chat(request), options).await;
    outputs.unwrap().collect::<Vec<_>>().await;
    let heard = std::mem::take(&mut *heard.lock().unwrap());
    (upstream, heard)
}

fn bytes(heard: &[Tapped]) -> String {
    let pieces = heard.iter().filter_map(|tapped| match tapped {
        Tapped::Piece(piece) => Some(String::from_utf8_lossy(piece).into_owned()),
        _ => None,
    });
    pieces.collect()
}

#[tokio::test]
async fn a_tap_hears_request_and_answer_without_the_credential() {
    let document = serde_json::json!({"choices": [{
        "index": 0,
        "message": {"role": "assistant", "content": format!("your key is {SECRET}")},
        "finish_reason": "stop",
    }]});
    let (upstream, heard) = heard(Answer::json(200, document)).await;
    let sent = &upstream.requests()[0];
    assert_eq!(
        sent.header("authorization"),
        Some(format!("Bearer {SECRET}").as_str())
    );
    let Tapped::Request {
        method,
        url,
        headers,
        body,
    } = &heard[0]
    else {
        panic!("{heard:?}");
    };
    assert_eq!(
        (method.as_str(), url.as_str()),
        ("POST", upstream.url("/v1/chat/completions").as_str())
    );
    assert!(!headers.iter().any(|header| header.name == "authorization"));
    assert_eq!(*body, sent.body);
    assert!(
        matches!(&heard[1], Tapped::Head { status: 200, .. }),
        "{heard:?}"
    );
    assert!(matches!(heard.last(), Some(Tapped::End)), "{heard:?}");
    assert!(
        bytes(&heard).contains("your key is *******************"),
        "{}",
        bytes(&heard)
    );
    assert!(!format!("{heard:?}").contains(SECRET));
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_heard_to_fail() {
    let (_upstream, heard) = heard(Answer::sse(["{}", "{}"]).cut_after(12)).await;
    assert_eq!(bytes(&heard), "data: {}\n\nda");
    assert!(matches!(heard.last(), Some(Tapped::Failed(_))), "{heard:?}");
}
