//! A request of the contract's as the upstream wants it.

use serde_json::{Map, Value, json};
use tidegate_guest::types::*;
use tidegate_guest::{Io, Result};

/// The body. What the dialect has no word for is a warning.
pub fn body(request: &ChatRequest, io: &Io) -> Result<Map<String, Value>> {
    for (subject, is_there) in unknown(request) {
        if is_there {
            io.warn(subject, format!("this dialect has no `{subject}`"));
        }
    }
    let turns = request.messages.iter();
    let messages: Vec<Value> = turns.flat_map(|message| turn(message, io)).collect();
    let mut body = Map::new();
    body.insert("model".into(), json!(request.model));
    body.insert("messages".into(), json!(messages));
    if request.stream {
        body.insert("stream".into(), json!(true));
        body.insert("stream_options".into(), json!({ "include_usage": true }));
    }
    let sampling = &request.sampling;
    put(&mut body, "temperature", sampling.temperature);
    put(&mut body, "top_p", sampling.top_p);
    put(&mut body, "max_tokens", sampling.max_output_tokens);
    if !sampling.stop.is_empty() {
        body.insert("stop".into(), json!(sampling.stop));
    }
    let tools = functions(&request.tools, io)?;
    if !tools.is_empty() {
        body.insert("tools".into(), json!(tools));
    }
    put(
        &mut body,
        "tool_choice",
        request.tool_choice.as_ref().map(choice),
    );
    Ok(body)
}

fn put(body: &mut Map<String, Value>, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        body.insert(name.into(), value.into());
    }
}

fn unknown(request: &ChatRequest) -> [(&'static str, bool); 14] {
    let sampling = &request.sampling;
    let format = request.response_format.as_ref();
    [
        ("sampling.top-k", sampling.top_k.is_some()),
        (
            "sampling.frequency-penalty",
            sampling.frequency_penalty.is_some(),
        ),
        (
            "sampling.presence-penalty",
            sampling.presence_penalty.is_some(),
        ),
        ("sampling.seed", sampling.seed.is_some()),
        ("sampling.logprobs", sampling.logprobs.is_some()),
        ("choices", request.choices.is_some_and(|count| count != 1)),
        ("parallel-tool-calls", request.parallel_tool_calls.is_some()),
        (
            "response-format",
            format.is_some_and(|format| !matches!(format, ResponseFormat::Text)),
        ),
        ("reasoning", request.reasoning.is_some()),
        ("service-tier", request.service_tier.is_some()),
        ("prompt-cache-key", request.prompt_cache_key.is_some()),
        ("user", request.user.is_some()),
        ("metadata", !request.metadata.is_empty()),
        ("extra", request.extra.is_some()),
    ]
}

/// One message for each result of a tool in a turn, and one for the rest.
fn turn(message: &Message, io: &Io) -> Vec<Value> {
    let (mut messages, mut calls) = (Vec::new(), Vec::new());
    let (mut texts, mut reasoning) = (Vec::new(), Vec::new());
    for part in &message.parts {
        match &part.content {
            PartContent::Text(text) | PartContent::Refusal(text) => texts.push(text.as_str()),
            PartContent::Reasoning(thought) => reasoning.push(thought.text.as_str()),
            PartContent::ToolCall(call) => {
                let function = json!({ "name": call.name, "arguments": call.arguments });
                calls.push(json!({ "id": call.id, "type": "function", "function": function }));
            }
            PartContent::ToolResult(result) => messages.push(json!({
                "role": "tool",
                "tool_call_id": result.call_id,
                "content": said(result, io),
            })),
            _ => io.warn(
                "messages",
                "this dialect has text only: a part of another kind is left out",
            ),
        }
    }
    if !messages.is_empty() && texts.is_empty() {
        return messages;
    }
    let role = match message.role {
        Role::System | Role::Developer => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
    };
    let mut rest = Map::new();
    rest.insert("role".into(), json!(role));
    rest.insert("content".into(), json!(texts.join("\n")));
    put(&mut rest, "name", message.name.clone());
    if !reasoning.is_empty() {
        rest.insert("reasoning_content".into(), json!(reasoning.join("\n")));
    }
    if !calls.is_empty() {
        rest.insert("tool_calls".into(), json!(calls));
    }
    messages.push(Value::Object(rest));
    messages
}

fn said(result: &ToolResult, io: &Io) -> String {
    let mut texts = Vec::new();
    for part in &result.parts {
        match part {
            ResultPart::Text(text) => texts.push(text.as_str()),
            _ => io.warn(
                "messages",
                "results of tools are text here: one that is none is left out",
            ),
        }
    }
    texts.join("\n")
}

fn functions(tools: &[Tool], io: &Io) -> Result<Vec<Value>> {
    let mut functions = Vec::new();
    for tool in tools {
        match tool {
            Tool::Function(function) => functions.push(definition(function)?),
            Tool::Other(other) => io.warn(
                "tools",
                format!(
                    "the tool `{}` is left out: this dialect has functions only",
                    other.name
                ),
            ),
        }
    }
    Ok(functions)
}

fn definition(function: &FunctionTool) -> Result<Value> {
    let parameters: Value = serde_json::from_str(&function.parameters).map_err(|error| {
        Error::new(
            ErrorKind::InvalidRequest,
            format!(
                "the schema of the tool `{}` is no JSON: {error}",
                function.name
            ),
        )
    })?;
    let mut definition = Map::new();
    definition.insert("name".into(), json!(function.name));
    put(&mut definition, "description", function.description.clone());
    definition.insert("parameters".into(), parameters);
    put(&mut definition, "strict", function.strict);
    Ok(json!({ "type": "function", "function": definition }))
}

fn choice(choice: &ToolChoice) -> Value {
    match choice {
        ToolChoice::Auto => json!("auto"),
        ToolChoice::None => json!("none"),
        ToolChoice::Required => json!("required"),
        ToolChoice::Named(name) => json!({ "type": "function", "function": { "name": name } }),
    }
}
