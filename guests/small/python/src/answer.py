"""An answer of the upstream's as events of the contract's, whole or in chunks."""

from errors import read
from tidegate import *

REASONS = {
    "stop": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "tool_calls": FinishReason.TOOL_CALLS,
    "function_call": FinishReason.TOOL_CALLS,
    "content_filter": FinishReason.CONTENT_FILTER,
}


def load_answer(text):
    """JSON of the upstream's; what is none is its failure."""
    try:
        return load(text)
    except ValueError as error:
        raise Failure(ErrorKind.UPSTREAM, f"the upstream's answer is no JSON: {error}") from None


def member(value, *path):
    """A member of a member, or `None` where something on the way is not there."""
    for name in path:
        match value, name:
            case dict(), str():
                value = value.get(name)
            case list(), int():
                value = value[name] if name < len(value) else None
            case _:
                return None
    return value


class Answer:
    def __init__(self, context):
        self.context = context
        self.choice = Choice(0)
        self.calls = []
        self.announced = False
        self.reason = None

    def whole(self, text):
        """A document: one chunk whose `message` is all there is."""
        yield from self.chunk(text)
        if not isinstance(member(load(text), "choices", 0, "message"), dict):
            raise Failure(ErrorKind.UPSTREAM, "the upstream's answer has no message")
        self.reason = self.reason or "stop"

    def chunk(self, text):
        chunk = load_answer(text)
        if member(chunk, "error"):
            said = read(chunk)
            kind = said.pop("kind", None) or ErrorKind.UPSTREAM
            raise Failure(kind, said.pop("message", None) or "the upstream failed", **said)
        yield from self._announce(chunk)
        choice = member(chunk, "choices", 0)
        yield from self._delta(member(choice, "delta") or member(choice, "message"))
        self.reason = member(choice, "finish_reason") or self.reason
        if usage := member(chunk, "usage"):
            yield emit(StreamEvent_Usage(figures(usage)))

    def _announce(self, chunk):
        id, model, created = (member(chunk, name) for name in ("id", "model", "created"))
        if self.announced or not (id or model):
            return
        self.announced = True
        created_ms = created * 1000.0 if isinstance(created, (int, float)) else None
        yield emit(StreamEvent_Answer(AnswerInfo(id, model, created_ms)))

    def _delta(self, delta):
        if reasoning := member(delta, "reasoning_content"):
            yield self.choice.reasoning(reasoning)
        if content := member(delta, "content"):
            yield self.choice.text(content)
        for piece in member(delta, "tool_calls") or []:
            yield from self._call(piece)

    def _call(self, piece):
        index, id = member(piece, "index"), member(piece, "id")
        call = self._open_call(index, id)
        if call is None:
            name = member(piece, "function", "name")
            if not name:
                problem = "the upstream calls a tool without a name"
                raise Failure(ErrorKind.UPSTREAM, problem)
            call = self.choice.open_call(self.context, name, id)
            self.calls.append((index, id, call))
            yield call.start()
        if arguments := member(piece, "function", "arguments"):
            yield call.delta(arguments)

    def _open_call(self, index, id):
        """The last call of an index, unless another id comes: some servers number every call 0."""
        of_index = [each for each in self.calls if index is not None and each[0] == index]
        if not of_index or id and id != of_index[-1][1]:
            return None
        return of_index[-1][2]

    def finish(self):
        if self.reason is None:
            problem = "the stream ended without a finish reason"
            raise Failure(ErrorKind.UPSTREAM, problem)
        for _, _, call in self.calls:
            yield call.end()
        yield self.choice.finish(REASONS.get(self.reason, FinishReason.OTHER), self.reason)


def figures(usage):
    return new(
        Usage,
        input=member(usage, "prompt_tokens"),
        output=member(usage, "completion_tokens"),
        cache_read=member(usage, "prompt_tokens_details", "cached_tokens"),
        reasoning=member(usage, "completion_tokens_details", "reasoning_tokens"),
        raw=dump(usage),
    )
