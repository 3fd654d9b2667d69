//! From what a client sends to what the host takes.

use super::*;

#[test]
fn a_text_is_one_message_of_the_user_after_the_instructions() {
    let (request, settings, _) = read(json!({"instructions": "Be brief"})).unwrap();
    let roles: Vec<Role> = request.messages.iter().map(|it| it.role).collect();
    assert_eq!(roles, [Role::System, Role::User]);
    assert_eq!(
        request.messages[1].parts[0].content,
        PartContent::Text("Hi".into())
    );
    assert_eq!(settings["instructions"], "Be brief");
    assert_eq!(settings["store"], false);
    assert_eq!(settings["tool_choice"], "auto");
    assert_eq!(settings["text"]["format"], json!({"type": "text"}));
}

#[test]
fn items_of_all_kinds_are_read() {
    let (request, _, warnings) = read(json!({"input": [
        {"role": "developer", "content": "Be brief"},
        {"type": "message", "role": "user", "content": [
            {"type": "input_text", "text": "What is it?"},
            {"type": "input_image", "image_url": "data:image/png;base64,AQID", "detail": "low"},
            {"type": "input_image", "file_id": "file-1", "detail": "auto"},
            {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,AQID"},
            {"type": "input_file", "file_url": "https://a.test/b.pdf"},
            {"type": "input_audio", "input_audio": {"data": "AQID", "format": "wav"}},
        ]},
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "hm"}], "encrypted_content": "enc"},
        {"type": "message", "id": "msg_1", "status": "completed", "role": "assistant", "content": [
            {"type": "output_text", "text": "Let me look", "annotations": [], "logprobs": []},
            {"type": "refusal", "refusal": "or not"},
        ]},
        {"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "look", "arguments": "{}", "status": "completed"},
        {"type": "function_call_output", "call_id": "c1", "output": "a cat"},
        {"type": "function_call_output", "call_id": "c1", "output": [{"type": "input_text", "text": "a dog"}]},
    ]}))
    .unwrap();
    assert_eq!(warnings, Vec::<String>::new());
    let roles: Vec<Role> = request.messages.iter().map(|it| it.role).collect();
    let tool = Role::Tool;
    assert_eq!(
        roles,
        [Role::Developer, Role::User, Role::Assistant, tool, tool]
    );
    let media = |part: usize| match &request.messages[1].parts[part].content {
        PartContent::Image(media) | PartContent::File(media) | PartContent::Audio(media) => {
            media.clone()
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(media(1).source, MediaSource::Bytes(vec![1, 2, 3]));
    assert_eq!(media(1).detail.as_deref(), Some("low"));
    assert_eq!(media(2).source, MediaSource::Id("file-1".into()));
    assert_eq!(media(3).name.as_deref(), Some("a.pdf"));
    assert_eq!(
        media(4).source,
        MediaSource::Url("https://a.test/b.pdf".into())
    );
    assert_eq!(media(5).media_type.as_deref(), Some("audio/wav"));
    let said: Vec<&PartContent> = request.messages[2]
        .parts
        .iter()
        .map(|it| &it.content)
        .collect();
    let reasoning = Reasoning {
        text: "hm".into(),
        signature: None,
        redacted: Some("enc".into()),
    };
    assert_eq!(said[0], &PartContent::Reasoning(reasoning));
    assert_eq!(said[1], &PartContent::Text("Let me look".into()));
    assert_eq!(said[2], &PartContent::Refusal("or not".into()));
    assert!(matches!(said[3], PartContent::ToolCall(call) if call.id == "c1"));
    let PartContent::ToolResult(result) = &request.messages[4].parts[0].content else {
        panic!("{request:?}");
    };
    assert_eq!(result.name.as_deref(), Some("look"));
    assert_eq!(result.parts, [ResultPart::Text("a dog".into())]);
}

#[test]
fn settings_reach_the_contract_and_the_answer() {
    let (request, settings, warnings) = read(json!({
        "temperature": 0.5, "top_p": 0.9, "max_output_tokens": 100, "top_logprobs": 2,
        "tools": [
            {"type": "function", "name": "f", "description": "d", "parameters": {"type": "object"}, "strict": true},
            {"type": "function", "name": "g", "parameters": null, "strict": null},
            {"type": "web_search_20250305", "name": "web_search", "max_uses": 5},
        ],
        "tool_choice": {"type": "function", "name": "f"}, "parallel_tool_calls": false,
        "text": {"format": {"type": "json_schema", "name": "s", "schema": {"type": "object"}, "strict": true}, "verbosity": "low"},
        "reasoning": {"effort": "low", "summary": "auto"},
        "safety_identifier": "u", "metadata": {"a": "1"}, "service_tier": "flex", "prompt_cache_key": "k",
        "include": ["reasoning.encrypted_content"], "truncation": "disabled", "store": false,
        "top_k": 5,
    }))
    .unwrap();
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!(request.sampling.max_output_tokens, Some(100));
    assert_eq!(request.sampling.logprobs, Some(2));
    assert_eq!(request.tool_choice, Some(ToolChoice::Named("f".into())));
    assert_eq!(request.parallel_tool_calls, Some(false));
    assert_eq!(request.user.as_deref(), Some("u"));
    assert_eq!(request.reasoning.unwrap().summary.as_deref(), Some("auto"));
    assert!(
        matches!(&request.response_format, Some(ResponseFormat::JsonSchema(it)) if it.strict == Some(true))
    );
    assert!(matches!(&request.tools[0], Tool::Function(it) if it.strict == Some(true)));
    assert!(matches!(&request.tools[1], Tool::Function(it) if it.parameters.is_empty()));
    let Tool::Other(foreign) = &request.tools[2] else {
        panic!("{:?}", request.tools);
    };
    let foreign: Value = serde_json::from_str(&foreign.json).unwrap();
    let asked = json!({"type": "web_search_20250305", "name": "web_search", "max_uses": 5});
    assert_eq!(foreign, asked);
    let extra: Value = serde_json::from_str(&request.extra.unwrap()).unwrap();
    assert_eq!(extra, json!({"verbosity": "low"}));
    assert_eq!(request.sampling.top_k, Some(5));
    assert_eq!(
        settings["tools"][0]["parameters"],
        json!({"type": "object"})
    );
    assert_eq!(settings["tools"][1]["strict"], Value::Null);
    assert_eq!(settings["tools"][2], asked);
    assert_eq!(
        settings["tool_choice"],
        json!({"type": "function", "name": "f"})
    );
    assert_eq!(settings["text"]["format"]["name"], "s");
    assert_eq!(
        settings["reasoning"],
        json!({"effort": "low", "summary": "auto"})
    );
    assert_eq!(settings["safety_identifier"], "u");
}

#[test]
fn null_is_the_same_as_absent() {
    let (request, settings, warnings) = read(json!({
        "instructions": null, "previous_response_id": null, "conversation": null, "store": null,
        "background": null, "tools": null, "tool_choice": null, "text": null, "reasoning": null,
        "temperature": null, "metadata": null, "include": null, "truncation": null, "prompt": null,
    }))
    .unwrap();
    let (plain, plain_settings, _) = read(json!({})).unwrap();
    assert_eq!((request, settings), (plain, plain_settings));
    assert!(warnings.is_empty());
}

#[test]
fn what_needs_a_memory_is_refused_by_its_name() {
    for (members, place) in [
        (
            json!({"previous_response_id": "resp_1"}),
            "previous_response_id",
        ),
        (json!({"conversation": {"id": "conv_1"}}), "conversation"),
        (json!({"store": true}), "store"),
        (json!({"background": true}), "background"),
        (json!({"prompt": {"id": "pmpt_1"}}), "prompt"),
        (
            json!({"tools": [{"type": "function", "name": "f"}, {"type": "web_search"}]}),
            "tools[1].type",
        ),
        (
            json!({"input": [{"type": "item_reference", "id": "msg_1"}]}),
            "input[0]",
        ),
    ] {
        let failure = read(members).unwrap_err();
        assert_eq!(
            failure.kind,
            FailureKind::Call(ErrorKind::Unsupported),
            "{place}"
        );
        assert_eq!(failure.parameter.as_deref(), Some(place));
        assert!(failure.message.contains("\nhint: "), "{}", failure.message);
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_its_place() {
    for (members, place) in [
        (json!({"input": []}), "input"),
        (json!({"input": 7}), "input"),
        (
            json!({"input": [{"type": "web_search_call", "id": "ws_1"}]}),
            "input[0].type",
        ),
        (
            json!({"input": [{"role": "tool", "content": "a"}]}),
            "input[0].role",
        ),
        (
            json!({"input": [{"role": "user", "content": [{"type": "text_input"}]}]}),
            "input[0].content[0].type",
        ),
        (
            json!({"input": [{"type": "function_call", "name": "f"}]}),
            "input[0]",
        ),
        (
            json!({"input": [{"type": "reasoning", "summary": [], "encrypted_content": "tidegate:!"}]}),
            "input[0].encrypted_content",
        ),
        (
            json!({"tool_choice": {"type": "file_search"}}),
            "tool_choice",
        ),
        (
            json!({"text": {"format": {"type": "json_schema", "schema": {}}}}),
            "text.format.name",
        ),
        (json!({"model": ""}), "model"),
    ] {
        let failure = read(members).unwrap_err();
        assert_eq!(
            failure.parameter.as_deref(),
            Some(place),
            "{}",
            failure.message
        );
    }
}

#[test]
fn what_can_be_done_without_is_warned_of() {
    let (.., warnings) = read(json!({
        "truncation": "auto", "max_tool_calls": 3, "include": ["file_search_call.results"],
        "input": [{"role": "user", "content": [{"type": "input_text", "text": "a", "odd": 1}], "odd": 2}],
        "stream_options": {"include_obfuscation": false, "odd": 3},
    }))
    .unwrap();
    assert_eq!(
        warnings,
        [
            "input[0].odd",
            "input[0].content[0].odd",
            "include[0]",
            "truncation",
            "max_tool_calls",
            "stream_options.odd",
        ]
    );
}

#[test]
fn only_allowed_tools_are_offered_and_all_are_repeated() {
    let function = |name: &str| json!({"type": "function", "name": name});
    let (request, settings, _) = read(json!({
        "tools": [function("f"), function("g")],
        "tool_choice": {"type": "allowed_tools", "mode": "required", "tools": [function("g")]},
    }))
    .unwrap();
    assert!(matches!(request.tools.as_slice(), [Tool::Function(tool)] if tool.name == "g"));
    assert_eq!(request.tool_choice, Some(ToolChoice::Required));
    assert_eq!(settings["tools"].as_array().unwrap().len(), 2);
}
