//! What is called, and with which arguments; what follows a schema.

use super::*;

#[test]
fn tools_are_called_when_required_named_or_commanded() {
    let called = [
        "call call_00000007_0_0 lookup",
        "arguments 0 0 {\"city\":\"echo\"}",
        "end 0 0",
    ];
    let mut request = user("Where?");
    request.tools = vec![lookup()];
    for choice in [ToolChoice::Required, ToolChoice::Named("lookup".into())] {
        request.tool_choice = Some(choice);
        assert_eq!(events(request.clone())[..3], called);
    }
    request.tool_choice = Some(ToolChoice::Named("other".into()));
    let (_, error) = run(Operation::Chat(request), &[]);
    assert_eq!(error.unwrap().kind, ErrorKind::InvalidRequest);

    let mut request = user("/call lookup\n/call lookup {\"city\": \"Ålesund\"}");
    request.tools = vec![lookup()];
    request.stream = true;
    assert_eq!(
        events(request.clone()),
        [
            "call call_00000007_0_0 lookup",
            "arguments 0 0 {\"city\":",
            "arguments 0 0 \"echo\"}",
            "end 0 0",
            "call call_00000007_0_1 lookup",
            "arguments 0 1 {\"city\":",
            "arguments 0 1  \"Ålesu",
            "arguments 0 1 nd\"}",
            "end 0 1",
            "usage 6 5",
            "finish 0 FinishReason::ToolCalls",
        ]
    );
    request.tool_choice = Some(ToolChoice::None);
    assert_eq!(events(request)[0], "text 0 0 /call ");
}

#[test]
fn the_result_of_a_call_is_echoed_so_that_a_loop_ends() {
    let mut request = user("/call lookup");
    request.tools = vec![lookup()];
    let result = PartContent::ToolResult(ToolResult {
        call_id: "call_00000007_0_0".into(),
        name: None,
        parts: vec![ResultPart::Text("in Norway".into())],
        is_error: false,
    });
    request.messages.push(message(Role::Tool, result));
    assert_eq!(events(request)[0], "text 0 0 in Norway");
}

#[test]
fn formats_give_json() {
    let mut request = user("Hi");
    request.response_format = Some(ResponseFormat::Json);
    assert_eq!(events(request)[0], r#"text 0 0 {"echo":"Hi"}"#);
    let mut request = user("[1]");
    request.response_format = Some(ResponseFormat::Json);
    assert_eq!(events(request.clone())[0], "text 0 0 [1]");
    request.response_format = Some(ResponseFormat::JsonSchema(JsonSchema {
        name: "city".into(),
        description: None,
        schema: r#"{"properties": {"name": {"type": "string", "pattern": "^A"}}}"#.into(),
        strict: None,
    }));
    assert_eq!(
        events(request)[..2],
        ["warning response-format", r#"text 0 0 {"name":"echo"}"#]
    );
}
