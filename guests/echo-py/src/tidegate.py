"""Write an LLM provider for Tidegate in Python.

Derive from `Provider`, and implement each operation as a generator that yields what is to be done:

    class Parrot(tidegate.Provider):
        def chat(self, request, context):
            answer = yield fetch(post(URL, {"model": request.model}))
            spoken = json.loads(text_of(ok(answer, context)))
            choice = Choice(0)
            yield choice.text(spoken["text"])
            yield choice.finish(FinishReason.STOP)

Operations that end in one output (`embed`, `rerank`, `list_models`, `count_tokens`, `check`) return
it. `raise Failure(...)` ends the exchange; any other exception ends it as an `internal` error that
says where it came from. The types are those of the contract, documented in `wit/provider.wit`.
"""

import json
from dataclasses import fields, is_dataclass
from types import GeneratorType
from typing import Union, get_args, get_origin

from wit_world.exports.provider import *  # noqa: F403 - the contract is the vocabulary
from wit_world.exports.provider import Error, ErrorKind


class Failure(Exception):
    """Ends the exchange with an error of the contract."""

    def __init__(self, kind, message, **more):
        super().__init__(message)
        self.error = new(Error, kind=kind, message=message, **more)


def new(record, **values):
    """A record in which every field that is not given is absent: `None`, `[]` or `False`."""
    for field in fields(record):
        if field.name not in values:
            absent = {list: list, bool: bool}.get(get_origin(field.type) or field.type)
            values[field.name] = absent() if absent else None
    return record(**values)


# ------------------------------------------------------------------ what can be yielded

NEXT = object()
"""Yield it for the next piece of an open answer: a list of frames, bytes, or `None` at its end."""


def fetch(request):
    """Sends a request. Gives the `Response`."""
    return Action_Fetch(request)


def wait(milliseconds):
    """Lets time pass."""
    return Action_Wait(milliseconds)


def emit(event):
    """Hands a piece of an answer to the caller."""
    return Action_Emit(Output_Event(event))


def warn(subject, message):
    """Says that something was asked for and could not be honoured."""
    return emit(StreamEvent_Warning(Warning(subject, message)))


def log(level, message):
    """Writes to the operator's log. Never put request content in it."""
    return Action_Log(LogRecord(level, message))


class Choice:
    """Numbers the parts of one answer. Pieces of the same kind in a row share a part."""

    def __init__(self, index):
        self.index = index
        self.part = -1
        self._open = None

    def text(self, text):
        return self._delta(StreamEvent_TextDelta, text)

    def reasoning(self, text):
        return self._delta(StreamEvent_ReasoningDelta, text)

    def refusal(self, text):
        return self._delta(StreamEvent_RefusalDelta, text)

    def reasoning_signature(self, signature):
        return emit(StreamEvent_ReasoningSignature(Delta(self.index, self.part, signature)))

    def tool_call(self, context, name, pieces, id=None):
        """A whole call, its arguments in pieces; use with `yield from`."""
        self._begin(None)
        id = id or f"call_{context.seed:08x}_{self.index}_{self.part}"
        yield emit(StreamEvent_ToolCallStart(ToolCallStart(self.index, self.part, id, name)))
        for piece in pieces:
            yield emit(StreamEvent_ToolCallDelta(Delta(self.index, self.part, piece)))
        yield emit(StreamEvent_ToolCallEnd(PartIndex(self.index, self.part)))

    def finish(self, reason, raw=None):
        return emit(StreamEvent_Finish(Finish(self.index, reason, raw)))

    def _delta(self, event, text):
        if self._open is not event:
            self._begin(event)
        return emit(event(Delta(self.index, self.part, text)))

    def _begin(self, event):
        self.part += 1
        self._open = event


# ------------------------------------------------------------------ requests and answers


def post(url, body, delivery=Delivery.WHOLE):
    """A `POST` of a JSON body."""
    headers = [Header("content-type", "application/json")]
    body = Content_Text(json.dumps(body, ensure_ascii=False))
    return HttpRequest("POST", url, headers, body, delivery, None, FetchLimits(None, None, None))


def get(url):
    """A `GET` whose answer is wanted whole."""
    limits = FetchLimits(None, None, None)
    return HttpRequest("GET", url, [], None, Delivery.WHOLE, None, limits)


def text_of(response):
    """The body of a whole answer; bytes that are not UTF-8 become U+FFFD."""
    match response.body:
        case Content_Text(text):
            return text
        case Content_Bytes(data):
            return bytes(data).decode(errors="replace")
        case _:
            return ""


def setting(context, name, default=""):
    """The value of a setting."""
    return next((each.value for each in context.settings if each.name == name), default)


KINDS = {
    401: ErrorKind.UNAUTHORIZED,
    402: ErrorKind.QUOTA_EXCEEDED,
    403: ErrorKind.FORBIDDEN,
    404: ErrorKind.NOT_FOUND,
    408: ErrorKind.TIMEOUT,
    410: ErrorKind.NOT_FOUND,
    429: ErrorKind.RATE_LIMITED,
    503: ErrorKind.OVERLOADED,
    529: ErrorKind.OVERLOADED,
}


def ok(response):
    """The answer itself below status 300, else the failure that its status means."""
    status = response.status
    if 200 <= status < 300:
        return response
    other = ErrorKind.INVALID_REQUEST if 400 <= status < 500 else ErrorKind.UPSTREAM
    body = text_of(response)
    try:
        message = json.loads(body)["error"]["message"]
    except (ValueError, TypeError, KeyError):
        message = f"the upstream answered {status}: {body[:200]}"
    raise Failure(KINDS.get(status, other), str(message), status=status, body=body[:2048])


FAILURES = {
    FetchFailureKind.DENIED: ErrorKind.DENIED,
    FetchFailureKind.INVALID_REQUEST: ErrorKind.INTERNAL,
    FetchFailureKind.UNREACHABLE: ErrorKind.UNREACHABLE,
    FetchFailureKind.TIMEOUT: ErrorKind.TIMEOUT,
}


# ------------------------------------------------------------------ the exchange


class Provider:
    """A provider. Implement the operations that `describe` lists."""

    def __getattr__(self, operation):
        # `describe` is no operation: without it there is no provider.
        if operation not in OPERATIONS.values():
            raise AttributeError(operation)
        raise Failure(ErrorKind.UNSUPPORTED, f"this provider does not implement `{operation}`")


OPERATIONS = {
    Operation_Chat: "chat",
    Operation_Complete: "complete",
    Operation_Embed: "embed",
    Operation_Rerank: "rerank",
    Operation_ListModels: "list_models",
    Operation_CountTokens: "count_tokens",
    Operation_Check: "check",
    Operation_Other: "other",
}
OUTPUTS = {
    Embeddings: Output_Embeddings,
    Ranking: Output_Ranking,
    list: Output_Models,
    TokenCount: Output_Tokens,
    Health: Output_Health,
    NamedJson: Output_Other,
}


class Exchange:
    """One operation under way, in a component or in a test: inputs in, actions out."""

    def __init__(self, provider, operation, context):
        self._run = self._perform(provider, operation, context)

    def start(self):
        return self._actions(None)

    def step(self, input):
        return self._actions(input)

    def _perform(self, provider, operation, context):
        method = getattr(provider, OPERATIONS[type(operation)])
        request = (operation.value,) if hasattr(operation, "value") else ()
        result = method(*request, context)
        if isinstance(result, GeneratorType):
            result = yield from result
        if result is not None:
            yield Action_Emit(OUTPUTS[type(result)](result))

    def _actions(self, input):
        """Runs up to the next thing to wait for, and turns every exception into an error."""
        actions = []
        try:
            match input:
                case Input_Again() | Input_Other():
                    return actions
                case Input_Failed(failure):
                    kind = FAILURES.get(failure.kind, ErrorKind.UPSTREAM)
                    action = self._run.throw(Failure(kind, failure.message))
                case _:
                    action = self._run.send(getattr(input, "value", None))
            while action is not NEXT:
                actions.append(checked(action))
                if isinstance(action, (Action_Fetch, Action_Wait)):
                    break
                action = self._run.send(None)
        except StopIteration:
            actions.append(Action_Done())
        except Failure as failure:
            actions.append(Action_Fail(failure.error))
        except BaseException as exception:
            # Not `Exception` alone: out of here, everything is a trap that says nothing.
            message = f"{type(exception).__name__}: {exception} ({place(exception)})"
            actions.append(Action_Fail(new(Error, kind=ErrorKind.INTERNAL, message=message)))
        return actions


def checked(value, expected=None, where=""):
    """The value, if all of it has the types that the contract asks for: the wrong type is a trap."""
    expected = expected or type(value)
    where = where or expected.__name__
    origin = get_origin(expected)
    if origin is Union:
        arms = [arm for arm in get_args(expected) if isinstance(value, get_origin(arm) or arm)]
        if arms:
            return checked(value, arms[0], where)
    elif isinstance(value, origin or expected) or (expected is float and type(value) is int):
        if is_dataclass(value):
            for field in fields(value):
                checked(getattr(value, field.name), field.type, f"{where}.{field.name}")
        elif origin is list:
            for index, item in enumerate(value):
                checked(item, *get_args(expected), f"{where}[{index}]")
        return value
    name = getattr(expected, "__name__", expected)
    raise TypeError(f"`{where}` is {value!r:.40}, not of type `{name}`")


def place(exception):
    """Where an exception was raised. The `traceback` module would read files, which traps."""
    trace = exception.__traceback__
    while trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"


def component(provider):
    """The class that componentize-py exports, for a provider."""

    class Component:
        exchange = None

        def describe(self):
            return checked(provider.describe())

        def start(self, operation, context):
            Component.exchange = Exchange(provider, operation, context)
            return Component.exchange.start()

        def step(self, input):
            return Component.exchange.step(input)

    return Component
