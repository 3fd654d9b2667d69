"""A request of the contract's as the upstream wants it."""

from tidegate import *


def body(request):
    """The body. What the dialect has no word for is yielded as a warning."""
    for subject, value in unknown(request):
        if value is not None:
            yield warn(subject, f"this dialect has no `{subject}`")
    messages = []
    for message in request.messages:
        messages += yield from turn(message)
    tools = yield from functions(request.tools)
    sampling = request.sampling
    return present(
        model=request.model,
        messages=messages,
        stream=request.stream or None,
        stream_options={"include_usage": True} if request.stream else None,
        temperature=sampling.temperature,
        top_p=sampling.top_p,
        max_tokens=sampling.max_output_tokens,
        stop=sampling.stop or None,
        tools=tools or None,
        tool_choice=choice(request.tool_choice),
    )


def present(**members):
    """An object of the members that are there."""
    return {name: value for name, value in members.items() if value is not None}


def unknown(request):
    sampling, format = request.sampling, request.response_format
    return [
        ("sampling.top-k", sampling.top_k),
        ("sampling.frequency-penalty", sampling.frequency_penalty),
        ("sampling.presence-penalty", sampling.presence_penalty),
        ("sampling.seed", sampling.seed),
        ("sampling.logprobs", sampling.logprobs),
        ("choices", None if request.choices == 1 else request.choices),
        ("parallel-tool-calls", request.parallel_tool_calls),
        ("response-format", None if isinstance(format, ResponseFormat_Text) else format),
        ("reasoning", request.reasoning),
        ("service-tier", request.service_tier),
        ("prompt-cache-key", request.prompt_cache_key),
        ("user", request.user),
        ("metadata", request.metadata or None),
        ("extra", request.extra),
    ]


def turn(message):
    """One message for each result of a tool in a turn, and one for the rest."""
    messages, texts, reasoning, calls = [], [], [], []
    for part in message.parts:
        match part.content:
            case PartContent_Text(text) | PartContent_Refusal(text):
                texts.append(text)
            case PartContent_Reasoning(thought):
                reasoning.append(thought.text)
            case PartContent_ToolCall(call):
                function = {"name": call.name, "arguments": call.arguments}
                calls.append({"id": call.id, "type": "function", "function": function})
            case PartContent_ToolResult(result):
                text = yield from said(result)
                messages.append({"role": "tool", "tool_call_id": result.call_id, "content": text})
            case _:
                yield warn("messages", "this dialect has text only: another part is left out")
    if messages and not texts:
        return messages
    role = Role.SYSTEM if message.role is Role.DEVELOPER else message.role
    rest = present(
        role=role.name.lower(),
        content="\n".join(texts),
        name=message.name,
        reasoning_content="\n".join(reasoning) if reasoning else None,
        tool_calls=calls or None,
    )
    return [*messages, rest]


def said(result):
    texts = []
    for part in result.parts:
        if isinstance(part, ResultPart_Text):
            texts.append(part.value)
        else:
            yield warn("messages", "results of tools are text here: another part is left out")
    return "\n".join(texts)


def functions(tools):
    functions = []
    for tool in tools:
        match tool:
            case Tool_Function(function):
                functions.append({"type": "function", "function": definition(function)})
            case Tool_Other(other):
                problem = f"the tool `{other.name}` is left out: this dialect has functions only"
                yield warn("tools", problem)
    return functions


def definition(function):
    try:
        parameters = load(function.parameters)
    except ValueError:
        problem = f"the schema of the tool `{function.name}` is no JSON"
        raise Failure(ErrorKind.INVALID_REQUEST, problem) from None
    return present(
        name=function.name,
        description=function.description,
        parameters=parameters,
        strict=function.strict,
    )


def choice(choice):
    match choice:
        case ToolChoice_Auto():
            return "auto"
        case ToolChoice_None_():
            return "none"
        case ToolChoice_Required():
            return "required"
        case ToolChoice_Named(name):
            return {"type": "function", "function": {"name": name}}
