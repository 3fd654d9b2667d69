"""From an answer to events: limits, pieces, log probabilities, pace."""

import words
from catalog import fail
from tidegate import *

THOUGHT = "I say what I was told."


class Speech:
    """How to speak, the same for all choices of an exchange."""

    def __init__(self, request, context):
        self.model = request.model
        self.sampling = request.sampling
        self.stream = request.stream
        self.context = context
        self.pace = pace(setting(context, "pace-ms", "0"))
        self.output = 0
        self.thought = 0
        self.finishes = []

    def begin(self):
        id = f"echo-{self.context.seed:08x}"
        yield emit(StreamEvent_Answer(AnswerInfo(id, self.model, self.context.now_ms)))

    def text(self, choice, text):
        text, reason = limit(text, self.sampling)
        self.output += words.count(text)
        if self.sampling.logprobs is not None:
            tokens = [Candidate(piece, 0.0, None) for piece in words.pieces(text)]
            tokens = [TokenLogprob(token, [token][: self.sampling.logprobs]) for token in tokens]
            yield emit(StreamEvent_Logprobs(Logprobs(choice.index, tokens, False)))
        yield from self._say(choice.text, text)
        self.finishes.append(reason)

    def refusal(self, choice, text):
        self.output += words.count(text)
        yield from self._say(choice.refusal, text)
        self.finishes.append(FinishReason.CONTENT_FILTER)

    def reasoning(self, choice, budget):
        thought = THOUGHT if budget is None else words.first(THOUGHT, budget)
        self.output += words.count(thought)
        self.thought += words.count(thought)
        yield from self._say(choice.reasoning, thought)
        yield choice.reasoning_signature("echo")

    def calls(self, choice, calls):
        for name, arguments in calls:
            self.output += 1 + words.count(arguments)
            pieces = words.slices(arguments, 8) if self.stream else [arguments]
            yield from choice.tool_call(self.context, name, filter(None, pieces))
        self.finishes.append(FinishReason.TOOL_CALLS)

    def finish(self, size):
        fail(self.model, "echo-late-")
        usage = new(Usage, input=size, output=self.output, reasoning=self.thought)
        yield emit(StreamEvent_Usage(usage))
        for index, reason in enumerate(self.finishes):
            yield Choice(index).finish(reason)

    def _say(self, delta, text):
        for piece in words.pieces(text) if self.stream else filter(None, [text]):
            if self.stream and self.pace:
                yield wait(self.pace)
            yield delta(piece)


def pace(value):
    if not value.isdecimal():
        problem = f"the setting `pace-ms` is no number of milliseconds: `{value}`"
        raise Failure(ErrorKind.INTERNAL, problem)
    return int(value)


def limit(text, sampling):
    """Cuts a text after as many words as allowed, then before the first stop text."""
    reason = FinishReason.STOP
    most = sampling.max_output_tokens
    if most is not None and words.count(text) > most:
        text, reason = words.first(text, most), FinishReason.LENGTH
    ends = [text.find(stop) for stop in sampling.stop if stop and stop in text]
    if ends:
        text, reason = text[: min(ends)], FinishReason.STOP
    return text, reason
