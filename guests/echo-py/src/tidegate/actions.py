"""What a provider can yield."""

from .contract import *

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
        call = self.open_call(context, name, id)
        yield call.start()
        for piece in pieces:
            yield call.delta(piece)
        yield call.end()

    def open_call(self, context, name, id=None):
        """A call of which pieces are to come, beside others perhaps. Without an id it gets one."""
        self._begin(None)
        id = id or f"call_{context.seed:08x}_{self.index}_{self.part}"
        return OpenCall(self.index, self.part, id, name)

    def finish(self, reason, raw=None):
        return emit(StreamEvent_Finish(Finish(self.index, reason, raw)))

    def _delta(self, event, text):
        if self._open is not event:
            self._begin(event)
        return emit(event(Delta(self.index, self.part, text)))

    def _begin(self, event):
        self.part += 1
        self._open = event


class OpenCall:
    """Makes the actions of one tool call."""

    def __init__(self, choice, part, id, name):
        self.choice, self.part = choice, part
        self.id, self.name = id, name

    def start(self):
        start = ToolCallStart(self.choice, self.part, self.id, self.name)
        return emit(StreamEvent_ToolCallStart(start))

    def delta(self, text):
        return emit(StreamEvent_ToolCallDelta(Delta(self.choice, self.part, text)))

    def end(self):
        return emit(StreamEvent_ToolCallEnd(PartIndex(self.choice, self.part)))
