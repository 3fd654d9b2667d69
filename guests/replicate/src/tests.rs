//! What fixtures cannot say: waits, deadlines, what a broken stream is followed by. Everything else
//! is in `fixtures/`, which the conformance suite runs through the real host.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use tidegate_guest::Exchange;
use tidegate_guest::types::*;

use crate::Replicate;

/// A chat under way, with what it has said so far.
struct Talk {
    exchange: Exchange,
    actions: Vec<Action>,
    text: String,
}

impl Talk {
    fn start(stream: bool, timeout_ms: Option<u32>) -> Self {
        let request = ChatRequest {
            model: "meta/meta-llama-3-8b-instruct".into(),
            messages: vec![Message {
                role: Role::User,
                parts: vec![Part {
                    content: PartContent::Text("Hi".into()),
                    cache: None,
                    metadata: None,
                }],
                name: None,
                metadata: None,
            }],
            stream,
            ..ChatRequest::default()
        };
        let context = Context {
            timeout_ms,
            ..Context::default()
        };
        let (exchange, actions) = Exchange::start(Replicate, Operation::Chat(request), context);
        let mut talk = Talk {
            exchange,
            actions: vec![],
            text: String::new(),
        };
        talk.take(actions);
        talk
    }

    fn take(&mut self, actions: Vec<Action>) {
        self.actions = actions;
        for action in &self.actions {
            if let Action::Emit(Output::Event(StreamEvent::TextDelta(delta))) = action {
                self.text.push_str(&delta.text);
            }
        }
    }

    fn step(&mut self, input: Input) {
        let actions = self.exchange.step(input);
        self.take(actions);
    }

    /// The request that the talk waits for.
    fn request(&self) -> (&str, &str) {
        match self.actions.last() {
            Some(Action::Fetch(request)) => (&request.method, &request.url),
            last => panic!("no request: {last:?}"),
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        let Some(Action::Fetch(request)) = self.actions.last() else {
            return None;
        };
        let header = request.headers.iter().find(|header| header.name == name)?;
        Some(&header.value)
    }

    fn answer(&mut self, status: u16, body: &str) {
        self.step(Input::Response(Response {
            status,
            headers: vec![],
            body: Some(Content::Text(body.into())),
        }));
    }

    fn created(&mut self) {
        self.answer(
            201,
            r#"{"id":"p1","status":"starting","output":null,
               "urls":{"stream":"https://stream.replicate.com/v1/files/f1"}}"#,
        );
    }

    fn pieces(&mut self, pieces: &[&str]) {
        self.step(Input::Response(Response {
            status: 200,
            headers: vec![Header {
                name: "content-type".into(),
                value: "text/event-stream; charset=utf-8".into(),
            }],
            body: None,
        }));
        for piece in pieces {
            self.step(Input::Frames(vec![Frame::Event(ServerSentEvent {
                event: Some("output".into()),
                data: (*piece).into(),
                id: None,
            })]));
        }
    }

    fn cut(&mut self) {
        self.step(Input::Failed(FetchFailure {
            kind: FetchFailureKind::Interrupted,
            message: "cut".into(),
        }));
    }

    fn finished(&self) -> bool {
        self.actions
            .iter()
            .any(|action| matches!(action, Action::Emit(Output::Event(StreamEvent::Finish(_)))))
    }

    fn failure(&self) -> &Error {
        match self.actions.last() {
            Some(Action::Fail(error)) => error,
            last => panic!("no failure: {last:?}"),
        }
    }
}

#[test]
fn a_prediction_is_looked_at_after_growing_waits() {
    let mut talk = Talk::start(false, None);
    assert_eq!(talk.header("prefer"), Some("wait=30"));
    assert_eq!(talk.header("cancel-after"), None);
    talk.created();
    for wait in [250, 375, 563] {
        assert_eq!(talk.actions.last(), Some(&Action::Wait(wait)));
        talk.step(Input::Elapsed);
        let url = "https://api.replicate.com/v1/predictions/p1";
        assert_eq!(talk.request(), ("GET", url));
        talk.answer(200, r#"{"id":"p1","status":"processing","output":["H"]}"#);
        // Nobody asked for pieces.
        assert_eq!(talk.text, "");
    }
    talk.step(Input::Elapsed);
    talk.answer(
        200,
        r#"{"id":"p1","status":"succeeded","output":["H","ello"]}"#,
    );
    assert_eq!(talk.text, "Hello");
    assert!(talk.finished());
}

#[test]
fn what_outlives_the_time_is_canceled() {
    let mut talk = Talk::start(false, Some(600));
    // Less than a second is no time to hold a request, and 5 seconds are the least to cancel after.
    assert_eq!(talk.header("prefer"), None);
    assert_eq!(talk.header("cancel-after"), Some("5s"));
    talk.created();
    talk.step(Input::Elapsed);
    talk.answer(200, r#"{"id":"p1","status":"processing"}"#);
    let url = "https://api.replicate.com/v1/predictions/p1/cancel";
    assert_eq!(talk.request(), ("POST", url));
    talk.answer(200, r#"{"id":"p1","status":"canceled"}"#);
    assert_eq!(talk.failure().kind, ErrorKind::Timeout);
}

#[test]
fn a_broken_stream_is_made_whole_by_the_prediction() {
    let mut talk = Talk::start(true, None);
    assert_eq!(talk.header("prefer"), None);
    talk.created();
    let url = "https://stream.replicate.com/v1/files/f1";
    assert_eq!(talk.request(), ("GET", url));
    assert_eq!(talk.header("accept"), Some("text/event-stream"));
    talk.pieces(&["Hel", "lo"]);
    talk.cut();
    talk.answer(
        200,
        r#"{"id":"p1","status":"succeeded","output":["Hel","lo"," there"]}"#,
    );
    assert_eq!(talk.text, "Hello there");
    assert!(talk.finished());
}

#[test]
fn a_broken_stream_that_nothing_completes_is_an_error() {
    for output in ["null", r#"["Other"]"#] {
        let mut talk = Talk::start(true, None);
        talk.created();
        talk.pieces(&["Hel"]);
        talk.cut();
        talk.answer(
            200,
            &format!(r#"{{"id":"p1","status":"succeeded","output":{output}}}"#),
        );
        assert_eq!(talk.failure().kind, ErrorKind::Upstream);
        assert_eq!(talk.text, "Hel");
    }
}

#[test]
fn looking_may_fail_a_few_times_and_waits_as_it_is_told() {
    let mut talk = Talk::start(false, None);
    talk.created();
    for wait in [250, 7000, 7000] {
        assert_eq!(talk.actions.last(), Some(&Action::Wait(wait)));
        talk.step(Input::Elapsed);
        talk.answer(
            429,
            r#"{"detail":"Request was throttled. Your rate limit resets in ~7s."}"#,
        );
    }
    talk.step(Input::Elapsed);
    talk.answer(500, "");
    assert_eq!(talk.failure().kind, ErrorKind::Upstream);
}

#[test]
fn a_whole_stream_is_an_answer_even_if_the_prediction_cannot_be_seen() {
    let mut talk = Talk::start(true, None);
    talk.created();
    talk.pieces(&["Hello"]);
    talk.step(Input::Frames(vec![Frame::Event(ServerSentEvent {
        event: Some("done".into()),
        data: "{}".into(),
        id: None,
    })]));
    talk.answer(403, r#"{"detail":"no"}"#);
    assert_eq!(talk.text, "Hello");
    assert!(talk.finished());
    assert_eq!(talk.actions.last(), Some(&Action::Done));
}

#[test]
fn pieces_are_handed_over_while_looking_where_there_is_no_stream() {
    let mut talk = Talk::start(true, None);
    talk.answer(201, r#"{"id":"p1","status":"starting","urls":{}}"#);
    talk.step(Input::Elapsed);
    talk.answer(200, r#"{"id":"p1","status":"processing","output":["Hel"]}"#);
    assert_eq!(talk.text, "Hel");
    talk.step(Input::Elapsed);
    talk.answer(
        200,
        r#"{"id":"p1","status":"succeeded","output":["Hel","lo"]}"#,
    );
    assert_eq!(talk.text, "Hello");
}

#[test]
fn an_odd_id_is_never_put_into_a_path() {
    let mut talk = Talk::start(false, None);
    talk.answer(201, r#"{"id":"../account","status":"starting"}"#);
    assert_eq!(talk.failure().kind, ErrorKind::Upstream);
    assert!(talk.failure().message.contains("../account"));
}

#[test]
fn the_account_answers_a_check() {
    let (mut exchange, _) = Exchange::start(Replicate, Operation::Check, Context::default());
    let actions = exchange.step(Input::Response(Response {
        status: 200,
        headers: vec![],
        body: Some(Content::Text(
            r#"{"type":"user","username":"ada","name":"Ada"}"#.into(),
        )),
    }));
    let health = Health {
        message: "the account `ada` on Replicate".into(),
    };
    assert_eq!(
        actions.first().unwrap(),
        &Action::Emit(Output::Health(health))
    );
}
