//! Everything but `chat`.

use super::*;

#[test]
fn prompts_are_continued_by_themselves() {
    let request = TextRequest {
        prompts: vec!["one".into(), "two".into()],
        echo: Some(true),
        choices: Some(2),
        ..TextRequest::default()
    };
    let (outputs, _) = run(Operation::Complete(request), &[]);
    let texts: Vec<_> = outputs
        .iter()
        .filter_map(|output| match output {
            Output::Event(StreamEvent::TextDelta(delta)) => {
                Some((delta.choice, delta.text.as_str()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(
        texts,
        [(0, "oneone"), (1, "oneone"), (2, "twotwo"), (3, "twotwo")]
    );
}

#[test]
fn documents_are_ordered_by_words_in_common() {
    let request = RerankRequest {
        query: "red fox".into(),
        documents: vec![
            "a dog".into(),
            "a Fox".into(),
            "the red fox".into(),
            "foxes".into(),
        ],
        top_n: Some(3),
        ..RerankRequest::default()
    };
    let (outputs, _) = run(Operation::Rerank(request), &[]);
    let [Output::Ranking(ranking)] = outputs.as_slice() else {
        panic!("{outputs:?}");
    };
    let order: Vec<_> = ranking.results.iter().map(|result| result.index).collect();
    assert_eq!(order, [2, 1, 0]);
}

#[test]
fn too_many_dimensions_or_choices_are_refused() {
    let request = EmbedRequest {
        dimensions: Some(u32::MAX),
        ..EmbedRequest::default()
    };
    let (_, error) = run(Operation::Embed(request), &[]);
    assert_eq!(error.unwrap().kind, ErrorKind::InvalidRequest);
    let mut request = user("Hi");
    request.choices = Some(0);
    let (_, error) = run(Operation::Chat(request), &[]);
    assert_eq!(error.unwrap().kind, ErrorKind::InvalidRequest);
}
