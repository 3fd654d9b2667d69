//! From what a client sends to what the host takes.

use super::*;

#[test]
fn the_limit_is_required_as_the_vendor_requires_it() {
    assert_eq!(
        misread(json!({"max_tokens": null})),
        "`max_tokens`: this is missing"
    );
    assert!(misread(json!({"max_tokens": 0})).starts_with("`max_tokens`"));
    assert_eq!(
        misread(json!({"messages": []})),
        "`messages`: there is no message"
    );
}

#[test]
fn what_is_wrong_in_a_block_is_said_with_its_place() {
    let wrong = |block: Value| misread(json!({"messages": [{"role": "user", "content": [block]}]}));
    assert_eq!(
        wrong(json!({"type": "text", "text": 7})),
        "`messages[0].content[0].text`: invalid type: integer `7`, expected a string"
    );
    assert_eq!(
        wrong(json!({"type": "image", "source": {"type": "base64", "data": "§"}})),
        "`messages[0].content[0].source.data`: this is no base64: Invalid symbol 194, offset 0."
    );
    let nested = json!({"type": "tool_result", "tool_use_id": "a", "content": [
        {"type": "tool_result", "tool_use_id": "b"},
    ]});
    assert_eq!(
        wrong(nested),
        "`messages[0].content[0].content[0]`: this cannot stand in the result of a tool"
    );
    assert_eq!(
        misread(json!({"messages": [{"role": "tool", "content": "a"}]})),
        "`messages[0].role`: `tool` is no role; there are `user`, `assistant` and `system`"
    );
    assert!(misread(json!({"system": {"a": 1}})).contains("expected a string or a list"));
}

#[test]
fn the_system_prompt_comes_first_and_keeps_its_marks() {
    let (request, _) = read(json!({"system": [
        {"type": "text", "text": "Be kind.", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
    ]}))
    .unwrap();
    let [system, user] = &*request.messages else {
        panic!("{request:?}")
    };
    assert_eq!((system.role, user.role), (Role::System, Role::User));
    assert_eq!(system.parts[0].cache.unwrap().ttl_seconds, Some(3600));
    let (request, _) = read(json!({"system": ""})).unwrap();
    assert_eq!(request.messages.len(), 1);
}

#[test]
fn results_of_tools_are_messages_of_their_own() {
    let (request, warnings) = read(json!({"messages": [
        {"role": "assistant", "content": [
            {"type": "tool_use", "id": "c1", "name": "look", "input": {"x": 1}, "caller": {"type": "direct"}},
        ]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "c1", "is_error": true, "content": [
                {"type": "text", "text": "gone", "cache_control": {"type": "ephemeral"}},
                {"type": "image", "source": {"type": "url", "url": "https://a.test/"}},
                {"type": "search_result", "title": "t"},
            ]},
            {"type": "tool_result", "tool_use_id": "c2", "content": "plain"},
            {"type": "text", "text": "So?"},
        ]},
    ]}))
    .unwrap();
    assert!(warnings.is_empty());
    let roles: Vec<Role> = request
        .messages
        .iter()
        .map(|message| message.role)
        .collect();
    assert_eq!(roles, [Role::Assistant, Role::Tool, Role::User]);
    let PartContent::ToolCall(call) = &request.messages[0].parts[0].content else {
        panic!("{request:?}")
    };
    assert_eq!((&*call.id, &*call.arguments), ("c1", r#"{"x":1}"#));
    let [first, second] = &*request.messages[1].parts else {
        panic!("{request:?}")
    };
    let PartContent::ToolResult(result) = &first.content else {
        panic!("{first:?}")
    };
    assert!(result.is_error && first.cache.is_some());
    assert_eq!(result.name.as_deref(), Some("look"));
    let ResultPart::Other(other) = &result.parts[2] else {
        panic!("{result:?}")
    };
    assert_eq!(other.name, "anthropic.com/content-block");
    let PartContent::ToolResult(result) = &second.content else {
        panic!("{second:?}")
    };
    assert_eq!(result.parts, [ResultPart::Text("plain".into())]);
}

#[test]
fn pictures_and_documents_come_in_all_their_forms() {
    let parts = message(
        "user",
        json!([
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AQID"}},
            {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "ä"},
                "title": "T", "context": "C", "citations": {"enabled": true}},
            {"type": "document", "source": {"type": "file", "file_id": "f1"}},
            {"type": "document", "source": {"type": "content", "content": "x"}},
            {"type": "container_upload", "file_id": "f2"},
        ]),
    )
    .remove(0)
    .parts;
    let media = |index: usize| match &parts[index].content {
        PartContent::Image(media) | PartContent::File(media) => media.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(media(0).source, MediaSource::Bytes(vec![1, 2, 3]));
    assert_eq!(media(1).source, MediaSource::Bytes("ä".as_bytes().into()));
    assert_eq!(media(1).name.as_deref(), Some("T"));
    let state: Value = serde_json::from_str(parts[1].metadata.as_ref().unwrap()).unwrap();
    assert_eq!(
        state,
        json!({"anthropic": {"block": {"context": "C", "citations": {"enabled": true}}}})
    );
    assert_eq!(media(2).source, MediaSource::Id("f1".into()));
    for part in &parts[3..] {
        let PartContent::Other(other) = &part.content else {
            panic!("{part:?}")
        };
        assert_eq!(other.name, "anthropic.com/content-block");
    }
}

#[test]
fn reasoning_comes_back_with_its_proof() {
    let parts = message(
        "assistant",
        json!([
            {"type": "thinking", "thinking": "hm", "signature": "sig"},
            {"type": "thinking", "thinking": "so", "signature": ""},
            {"type": "redacted_thinking", "data": "enc"},
            {"type": "text", "text": "a", "tidegate": {"metadata": {"gemini": {"v": 1}}}},
            {"type": "text", "text": "b", "citations": [{"type": "web_search_result_location", "encrypted_index": ""}]},
        ]),
    )
    .remove(0)
    .parts;
    let reasoning = |index: usize| match &parts[index].content {
        PartContent::Reasoning(reasoning) => reasoning.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(reasoning(0).signature.as_deref(), Some("sig"));
    assert_eq!((&*reasoning(1).text, reasoning(1).signature), ("so", None));
    assert_eq!(reasoning(2).redacted.as_deref(), Some("enc"));
    assert_eq!(parts[3].metadata.as_deref(), Some(r#"{"gemini":{"v":1}}"#));
    // The vendor would not know a citation that it never made.
    assert_eq!(parts[4].metadata, None);
}

#[test]
fn tools_are_the_callers_or_the_vendors() {
    let (request, warnings) = read(json!({
        "tools": [
            {"name": "f", "input_schema": {"type": "object"}, "strict": true, "odd": 1,
                "cache_control": {"type": "ephemeral"}},
            {"type": "web_search_20250305", "name": "web_search", "cache_control": {"odd": 1}},
        ],
        "tool_choice": {"type": "any", "disable_parallel_tool_use": true},
    }))
    .unwrap();
    assert_eq!(warnings, ["tools[0].odd"]);
    let Tool::Function(function) = &request.tools[0] else {
        panic!("{request:?}")
    };
    assert_eq!(
        (
            &*function.parameters,
            function.strict,
            function.cache.is_some()
        ),
        (r#"{"type":"object"}"#, Some(true), true)
    );
    let Tool::Other(tool) = &request.tools[1] else {
        panic!("{request:?}")
    };
    assert_eq!(tool.name, "web_search_20250305");
    assert_eq!(request.tool_choice, Some(ToolChoice::Required));
    assert_eq!(request.parallel_tool_calls, Some(false));
    for (choice, expected) in [
        (json!({"type": "auto"}), ToolChoice::Auto),
        (json!({"type": "none"}), ToolChoice::None),
        (
            json!({"type": "tool", "name": "f"}),
            ToolChoice::Named("f".into()),
        ),
    ] {
        let (request, _) = read(json!({"tool_choice": choice})).unwrap();
        assert_eq!(
            (request.tool_choice, request.parallel_tool_calls),
            (Some(expected), None)
        );
    }
    assert!(misread(json!({"tool_choice": {"type": "tool"}})).contains("needs `name`"));
    assert!(
        misread(json!({"tools": [{"name": "f"}]})).contains("`tools[0]`: it has no `input_schema`")
    );
}

#[test]
fn thinking_is_read_with_the_effort_beside_it() {
    let reasoning = |members: Value| {
        let (request, warnings) = read(members).unwrap();
        let options = request.reasoning.unwrap();
        (
            options.effort,
            options.budget_tokens,
            options.summary,
            warnings,
        )
    };
    let high = || Some("high".to_owned());
    assert_eq!(
        reasoning(
            json!({"thinking": {"type": "enabled", "budget_tokens": 2000, "display": "omitted"}})
        ),
        (None, Some(2000), Some("omitted".into()), vec![])
    );
    assert_eq!(
        reasoning(json!({"thinking": {"type": "adaptive"}})),
        (high(), None, None, vec![])
    );
    assert_eq!(
        reasoning(json!({"thinking": {"type": "adaptive"}, "output_config": {"effort": "low"}})).0,
        Some("low".into())
    );
    assert_eq!(
        reasoning(json!({"thinking": {"type": "disabled"}, "output_config": {"effort": "low"}})),
        (None, Some(0), None, vec!["output_config.effort".into()])
    );
    assert_eq!(read(json!({})).unwrap().0.reasoning, None);
    assert!(misread(json!({"thinking": {"type": "enabled"}})).contains("needs `budget_tokens`"));
}

#[test]
fn what_only_the_vendor_knows_goes_there_as_it_is() {
    let (request, warnings) = read(json!({
        "container": "c1", "unknown": null, "service_tier": "standard_only",
        "metadata": {"user_id": "u1", "odd": 1},
        "output_config": {"task_budget": 5, "format": {"type": "json_schema", "schema": {"type": "object"}}},
        "top_k": 3, "stop_sequences": ["x"],
    }))
    .unwrap();
    let extra: Value = serde_json::from_str(&request.extra.unwrap()).unwrap();
    assert_eq!(
        extra,
        json!({"container": "c1", "unknown": null, "output_config": {"task_budget": 5}})
    );
    assert_eq!(request.user.as_deref(), Some("u1"));
    assert_eq!(request.service_tier.as_deref(), Some("default"));
    assert_eq!(
        (request.sampling.top_k, &*request.sampling.stop),
        (Some(3), &["x".to_owned()][..])
    );
    let Some(ResponseFormat::JsonSchema(format)) = request.response_format else {
        panic!("{:?}", request.response_format)
    };
    assert_eq!(format.schema, r#"{"type":"object"}"#);
    assert_eq!(warnings, ["metadata.odd"]);
}
