"""What to answer: a pure function of the conversation.

A reply is `("text", text)`, `("calls", [(name, arguments)])` or `("refusal", why)`. Warnings are
yielded on the way.
"""

from schema import Instance
from tidegate import *
from words import trim


def reply(request, prefix):
    match request.tool_choice:
        case ToolChoice_Required():
            for tool in functions(request):
                return "calls", [(yield from call(tool))]
            raise invalid("`tool-choice` is `required`, and `tools` has no function")
        case ToolChoice_Named(name):
            return "calls", [(yield from call(named(request, name)))]

    text, by_tools = said(request.messages)
    if not by_tools:
        if text.startswith("/refuse"):
            return "refusal", trim(text.removeprefix("/refuse"))
        if text.startswith("/call ") and not isinstance(request.tool_choice, ToolChoice_None_):
            return "calls", (yield from commanded(request, text))

    match request.response_format:
        case ResponseFormat_JsonSchema(format):
            return "text", dump((yield from follow("response-format", format.schema)))
        case ResponseFormat_Json():
            return "text", text if is_json(text) else dump({"echo": text})
        case _:
            return "text", prefix + text


def said(messages):
    """The texts of the last message of the user, or of the tools where they came after."""
    users = [index for index, message in enumerate(messages) if message.role is Role.USER]
    last = users[-1] if users else 0
    results = [
        part.value
        for message in messages[last:]
        for result in message.parts
        if isinstance(result.content, PartContent_ToolResult)
        for part in result.content.value.parts
        if isinstance(part, ResultPart_Text)
    ]
    if results:
        return "\n".join(results), True
    parts = messages[last].parts if users else []
    texts = [part.content.value for part in parts if isinstance(part.content, PartContent_Text)]
    return "\n".join(texts), False


def commanded(request, text):
    """One call for every line `/call <tool> [arguments]`."""
    calls = []
    for line in text.split("\n"):
        if line.startswith("/call "):
            name, _, arguments = trim(line.removeprefix("/call ")).partition(" ")
            tool = named(request, name)
            calls.append((name, trim(arguments)) if arguments else (yield from call(tool)))
    return calls


def call(tool):
    return tool.name, dump((yield from follow("tools", tool.parameters)))


def follow(field, schema):
    try:
        schema = load(schema)
    except ValueError as error:
        raise invalid(f"`{field}` is not valid JSON: {error}") from None
    made = Instance(schema)
    for keyword in made.ignored:
        yield warn(field, f"`{keyword}` in the schema was not looked at")
    return made.value


def functions(request):
    return [tool.value for tool in request.tools if isinstance(tool, Tool_Function)]


def named(request, name):
    for tool in functions(request):
        if tool.name == name:
            return tool
    raise invalid(f"no function in `tools` is named `{name}`")


def invalid(problem):
    return Failure(ErrorKind.INVALID_REQUEST, problem)


def is_json(text):
    try:
        load(text)
        return True
    except ValueError:
        return False
