//! What is said, cut, warned of and refused.

use super::*;

#[test]
fn a_stream_is_word_by_word_and_a_whole_answer_one_piece() {
    let mut request = user("one two");
    assert_eq!(
        events(request.clone()),
        [
            "text 0 0 one two",
            "usage 2 2",
            "finish 0 FinishReason::Stop"
        ]
    );
    request.stream = true;
    assert_eq!(
        events(request),
        [
            "text 0 0 one ",
            "text 0 0 two",
            "usage 2 2",
            "finish 0 FinishReason::Stop"
        ]
    );
}

#[test]
fn the_last_user_message_counts() {
    let mut request = user("first");
    request
        .messages
        .push(message(Role::Assistant, PartContent::Text("first".into())));
    request
        .messages
        .push(message(Role::User, PartContent::Text("second".into())));
    assert_eq!(
        events(request),
        [
            "text 0 0 second",
            "usage 3 1",
            "finish 0 FinishReason::Stop"
        ]
    );
    let nothing = ChatRequest::default();
    assert_eq!(
        events(nothing),
        ["usage 0 0", "finish 0 FinishReason::Stop"]
    );
}

#[test]
fn limits_and_stop_texts_cut() {
    let mut request = user("one two three four");
    request.sampling.max_output_tokens = Some(3);
    assert_eq!(
        events(request.clone()),
        [
            "text 0 0 one two three",
            "usage 4 3",
            "finish 0 FinishReason::Length"
        ]
    );
    request.sampling.stop = vec!["nowhere".into(), " t".into()];
    assert_eq!(
        events(request),
        ["text 0 0 one", "usage 4 1", "finish 0 FinishReason::Stop"]
    );
}

#[test]
fn choices_are_numbered_and_reasoning_comes_first() {
    let mut request = user("Hi");
    request.choices = Some(2);
    request.reasoning = Some(ReasoningOptions {
        effort: Some("low".into()),
        budget_tokens: Some(2),
        summary: None,
    });
    assert_eq!(
        events(request),
        [
            "reasoning 0 0 I say",
            "signature 0 0 echo",
            "text 0 1 Hi",
            "reasoning 1 0 I say",
            "signature 1 0 echo",
            "text 1 1 Hi",
            "usage 1 6",
            "finish 0 FinishReason::Stop",
            "finish 1 FinishReason::Stop",
        ]
    );
}

#[test]
fn what_is_of_no_use_is_warned_of() {
    let mut request = user("Hi");
    request.service_tier = Some("flex".into());
    request.extra = Some("{}".into());
    request.messages.push(message(
        Role::User,
        PartContent::Other(NamedJson {
            name: "odd".into(),
            json: "1".into(),
        }),
    ));
    assert_eq!(
        events(request)[..3],
        ["warning messages", "warning service-tier", "warning extra"]
    );
}

#[test]
fn a_refusal_is_asked_for_by_name() {
    assert_eq!(
        events(user("/refuse I would rather not.")),
        [
            "refusal 0 0 I would rather not.",
            "usage 5 4",
            "finish 0 FinishReason::ContentFilter"
        ]
    );
}

#[test]
fn models_fail_at_once_or_late() {
    let mut request = user("Hi");
    request.model = "echo-error-rate-limited".into();
    let (outputs, error) = run(Operation::Chat(request.clone()), &[]);
    assert_eq!(
        (outputs.len(), error.unwrap().retry_after_ms),
        (0, Some(1_000))
    );
    request.model = "echo-late-overloaded".into();
    let (outputs, error) = run(Operation::Chat(request.clone()), &[]);
    assert_eq!(
        (outputs.len(), error.unwrap().kind),
        (2, ErrorKind::Overloaded)
    );
    request.model = "echo-error-odd".into();
    let (_, error) = run(Operation::Chat(request), &[]);
    assert_eq!(error.unwrap().kind, ErrorKind::NotFound);
}

#[test]
fn settings_set_the_prefix_and_the_pace() {
    let mut request = user("one two");
    request.stream = true;
    let settings = [("prefix", "I heard: "), ("pace-ms", "5")];
    let (outputs, error) = run(Operation::Chat(request.clone()), &settings);
    assert_eq!((outputs.len(), error), (7, None));
    let (_, error) = run(Operation::Chat(request), &[("pace-ms", "slow")]);
    assert_eq!(error.unwrap().kind, ErrorKind::Internal);
}
