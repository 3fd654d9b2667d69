//! From events to what a client is told.

use super::*;

#[test]
fn a_stream_of_text_opens_and_closes_everything_once() {
    let usage = StreamEvent::Usage(Usage {
        input: Some(3),
        cache_read: Some(1),
        cache_write: None,
        output: Some(2),
        reasoning: Some(1),
        raw: None,
    });
    let all = written(
        json!({}),
        vec![
            text(0, "a"),
            text(0, "b"),
            usage,
            finish(FinishReason::Stop),
        ],
    );
    assert_eq!(
        kinds(&all),
        [
            "created",
            "in_progress",
            "output_item.added",
            "content_part.added",
            "output_text.delta",
            "output_text.delta",
            "output_text.done",
            "content_part.done",
            "output_item.done",
            "completed",
        ]
    );
    assert_eq!(all[2]["item"]["content"], json!([]));
    assert_eq!(
        all[3]["part"],
        json!({"type": "output_text", "text": "", "annotations": [], "logprobs": []})
    );
    assert_eq!(all[6]["text"], "ab");
    let response = &all[9]["response"];
    assert_eq!(response["status"], "completed");
    assert_eq!(response["output"][0], all[8]["item"]);
    assert_eq!(
        response["usage"],
        json!({
            "input_tokens": 3, "input_tokens_details": {"cached_tokens": 1, "cache_write_tokens": 0},
            "output_tokens": 2, "output_tokens_details": {"reasoning_tokens": 1}, "total_tokens": 5,
        })
    );
    assert_eq!(all[0]["response"]["id"], response["id"]);
    assert!(response["id"].as_str().unwrap().starts_with("resp_"));
}

#[test]
fn parts_that_take_turns_stay_the_items_that_they_are() {
    let all = written(
        json!({}),
        vec![
            StreamEvent::ReasoningDelta(delta(0, "h")),
            start(1, "c1"),
            start(2, "c2"),
            StreamEvent::ToolCallDelta(delta(1, "{\"a\"")),
            StreamEvent::ToolCallDelta(delta(2, "{}")),
            text(3, "one "),
            StreamEvent::ReasoningDelta(delta(0, "m")),
            StreamEvent::ToolCallDelta(delta(1, ":1}")),
            end(2),
            end(1),
            StreamEvent::RefusalDelta(delta(4, "no")),
            text(3, "two"),
            StreamEvent::ReasoningSignature(delta(0, "sig")),
            finish(FinishReason::ToolCalls),
        ],
    );
    let output = &all.last().unwrap()["response"]["output"];
    assert_eq!(
        output[0]["summary"],
        json!([{"type": "summary_text", "text": "hm"}])
    );
    assert_eq!(
        (&output[1]["call_id"], &output[1]["arguments"]),
        (&json!("c1"), &json!("{\"a\":1}"))
    );
    assert_eq!(output[2]["arguments"], "{}");
    assert_eq!(output[3]["content"][0]["text"], "one two");
    assert_eq!(
        output[3]["content"][1],
        json!({"type": "refusal", "refusal": "no"})
    );
    for (index, item) in output.as_array().unwrap().iter().enumerate() {
        let done = all.iter().find(|event| {
            event["type"] == "response.output_item.done" && event["output_index"] == index
        });
        assert_eq!(&done.unwrap()["item"], item);
    }
}

#[test]
fn reasoning_and_state_come_back_as_they_went() {
    let state = |part, json: &str| {
        StreamEvent::Metadata(Metadata {
            choice: 0,
            part,
            json: json.into(),
        })
    };
    let all = written(
        json!({}),
        vec![
            StreamEvent::ReasoningDelta(delta(0, "because")),
            StreamEvent::ReasoningSignature(delta(0, "sig")),
            state(Some(0), r#"{"v":0}"#),
            StreamEvent::ReasoningRedacted(delta(1, "enc")),
            text(2, "Hi"),
            state(Some(2), r#"{"v":1,"w":1}"#),
            state(Some(2), r#"{"v":2}"#),
            start(3, "c1"),
            end(3),
            state(Some(3), r#"{"v":3}"#),
            state(None, r#"{"v":4}"#),
            finish(FinishReason::ToolCalls),
        ],
    );
    let output = &all.last().unwrap()["response"]["output"];
    assert_eq!(output[1]["encrypted_content"], "enc");
    let (request, _, warnings) = read(json!({"input": output})).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    let [message] = request.messages.as_slice() else {
        panic!("{request:?}");
    };
    assert_eq!(message.metadata.as_deref(), Some(r#"{"v":4}"#));
    let states: Vec<Option<&str>> = message
        .parts
        .iter()
        .map(|it| it.metadata.as_deref())
        .collect();
    assert_eq!(
        states,
        [
            Some(r#"{"v":0}"#),
            None,
            Some(r#"{"v":2,"w":1}"#),
            Some(r#"{"v":3}"#)
        ]
    );
    let PartContent::Reasoning(reasoning) = &message.parts[0].content else {
        panic!("{message:?}");
    };
    assert_eq!(
        (reasoning.text.as_str(), reasoning.signature.as_deref()),
        ("because", Some("sig"))
    );
    assert_eq!(reasoning.redacted, None);
}

#[test]
fn an_answer_that_is_cut_short_says_why() {
    let of = |mut events: Vec<StreamEvent>, reason| {
        events.push(finish(reason));
        let mut all = written(json!({}), events);
        let last = all.pop().unwrap();
        (
            last["type"].as_str().unwrap().to_owned(),
            last["response"].clone(),
        )
    };
    let (kind, response) = of(vec![text(0, "a")], FinishReason::Length);
    assert_eq!(kind, "response.incomplete");
    assert_eq!(
        response["incomplete_details"],
        json!({"reason": "max_output_tokens"})
    );
    assert_eq!(response["output"][0]["status"], "incomplete");
    let (kind, response) = of(vec![text(0, "a")], FinishReason::ContentFilter);
    assert_eq!(
        (kind.as_str(), &response["status"]),
        ("response.incomplete", &json!("incomplete"))
    );
    assert_eq!(response["incomplete_details"]["reason"], "content_filter");
    let refusal = StreamEvent::RefusalDelta(delta(0, "no"));
    let (kind, _) = of(vec![refusal], FinishReason::ContentFilter);
    assert_eq!(kind, "response.completed");
    let (kind, response) = of(vec![text(0, "a")], FinishReason::Error);
    assert_eq!(
        (kind.as_str(), &response["error"]["code"]),
        ("response.failed", &json!("server_error"))
    );
    let (kind, response) = of(vec![text(0, "a")], FinishReason::Other);
    assert_eq!(
        (kind.as_str(), &response["tidegate"]["finish_reason"]),
        ("response.completed", &json!("raw"))
    );
}

#[test]
fn a_call_that_is_never_complete_is_no_call() {
    let all = written(
        json!({}),
        vec![
            start(0, "c1"),
            StreamEvent::ToolCallDelta(delta(0, "{\"a\"")),
            text(1, "oh"),
            finish(FinishReason::Stop),
        ],
    );
    let response = &all.last().unwrap()["response"];
    assert_eq!(response["output"].as_array().unwrap().len(), 1);
    let said = response["tidegate"]["warnings"][0]["message"]
        .as_str()
        .unwrap();
    assert!(said.contains("not completed"), "{said}");
    let done = all
        .iter()
        .filter(|it| it["type"] == "response.output_item.done");
    assert_eq!(done.count(), 1);
}

#[test]
fn a_failure_is_an_error_before_the_answer_and_fails_it_after() {
    let failure = Failure::new(FailureKind::Call(ErrorKind::RateLimited), "slow down");
    let mut out = BytesMut::new();
    events(json!({})).failure(&failure, &mut out);
    let [error] = &parsed(&out)[..] else {
        panic!("{out:?}");
    };
    assert_eq!(
        (&error["type"], &error["code"]),
        (&json!("error"), &json!("rate_limit_exceeded"))
    );

    let mut late = events(json!({}));
    let mut out = BytesMut::new();
    late.event(text(0, "Hel"), &mut out);
    late.failure(&failure, &mut out);
    let all = parsed(&out);
    let last = all.last().unwrap();
    assert_eq!(last["type"], "response.failed");
    assert_eq!(last["response"]["status"], "failed");
    assert_eq!(
        last["response"]["error"],
        json!({"code": "rate_limit_exceeded", "message": "slow down"})
    );
    assert_eq!(last["response"]["output"][0]["status"], "incomplete");
    assert!(!kinds(&all).contains(&"output_item.done"));
}

#[test]
fn sources_pictures_and_files_have_their_places() {
    let source = StreamEvent::Source(Source {
        choice: 0,
        part: None,
        id: None,
        url: Some("https://a.test/".into()),
        title: Some("A".into()),
        quote: None,
        metadata: Some(
            r#"{"type":"url_citation","url_citation":{"start_index":1,"end_index":2}}"#.into(),
        ),
    });
    let file = |part, media_type: &str| {
        StreamEvent::File(GeneratedFile {
            choice: 0,
            part,
            media: Media {
                source: MediaSource::Bytes(vec![1, 2, 3]),
                media_type: Some(media_type.into()),
                name: None,
                detail: None,
            },
        })
    };
    let all = written(
        json!({}),
        // The source comes before the text that it belongs to.
        vec![
            source,
            text(0, "abc"),
            file(1, "image/webp"),
            file(2, "audio/wav"),
            finish(FinishReason::Stop),
        ],
    );
    let annotation = json!({
        "type": "url_citation", "url": "https://a.test/", "title": "A", "start_index": 1, "end_index": 2,
    });
    let added = all
        .iter()
        .find(|it| it["type"] == "response.output_text.annotation.added");
    assert_eq!(added.unwrap()["annotation"], annotation);
    let response = &all.last().unwrap()["response"];
    assert_eq!(
        response["output"][0]["content"][0]["annotations"],
        json!([annotation])
    );
    assert_eq!(response["output"][1]["result"], "AQID");
    assert_eq!(response["tidegate"]["files"][0]["type"], "file");
    let (request, ..) = read(json!({"input": response["output"]})).unwrap();
    let PartContent::Image(picture) = &request.messages[0].parts[1].content else {
        panic!("{request:?}");
    };
    assert_eq!(picture.media_type.as_deref(), Some("image/webp"));
}

#[test]
fn log_probabilities_come_with_their_text_in_either_order() {
    let tokens = |token: &str| {
        StreamEvent::Logprobs(Logprobs {
            choice: 0,
            refusal: false,
            tokens: vec![TokenLogprob {
                token: Candidate {
                    token: token.into(),
                    logprob: -0.5,
                    bytes: None,
                },
                top: vec![],
            }],
        })
    };
    for events in [
        vec![text(0, "a"), tokens("a"), text(0, "b"), tokens("b")],
        vec![tokens("a"), text(0, "a"), tokens("b"), text(0, "b")],
    ] {
        let mut events = events;
        events.push(finish(FinishReason::Stop));
        let all = written(json!({"include": ["message.output_text.logprobs"]}), events);
        let deltas = all
            .iter()
            .filter(|it| it["type"] == "response.output_text.delta");
        let deltas: Vec<(&Value, &Value)> = deltas
            .map(|it| (&it["delta"], &it["logprobs"][0]["token"]))
            .collect();
        assert_eq!(
            deltas,
            [(&json!("a"), &json!("a")), (&json!("b"), &json!("b"))]
        );
        let piece = &all.last().unwrap()["response"]["output"][0]["content"][0];
        assert_eq!(piece["logprobs"].as_array().unwrap().len(), 2);
    }
}
