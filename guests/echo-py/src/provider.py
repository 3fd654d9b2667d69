"""The echo provider in Python: the same answers as `guests/echo`, to the byte."""

import words
from reply import reply
from tidegate import *  # noqa: F403

OPERATIONS = [
    OperationKind.CHAT,
    OperationKind.COMPLETE,
    OperationKind.EMBED,
    OperationKind.RERANK,
    OperationKind.LIST_MODELS,
    OperationKind.COUNT_TOKENS,
    OperationKind.CHECK,
]
FEATURES = [
    Feature.STREAMING,
    Feature.TOOLS,
    Feature.PARALLEL_TOOL_CALLS,
    Feature.JSON,
    Feature.JSON_SCHEMA,
    Feature.REASONING,
    Feature.LOGPROBS,
    Feature.CHOICES,
]
THOUGHT = "I say what I was told."
MOST_CHOICES = 128
MOST_DIMENSIONS = 16_384


class Echo(Provider):
    def describe(self):
        return ProviderInfo(
            name="echo-py",
            version="0.1.0",
            description="Answers with what it was told, without any network",
            vendor="Tidegate",
            documentation=None,
            wants=[],
            credentials=[],
            settings=[
                SettingInfo(
                    name="prefix",
                    description="Stands before every text that is echoed",
                    kind=SettingKind_Text(),
                    default="",
                    required=False,
                ),
                SettingInfo(
                    name="pace-ms",
                    description="Milliseconds to wait before each word of a stream",
                    kind=SettingKind_Integer(),
                    default="0",
                    required=False,
                ),
            ],
            operations=OPERATIONS,
            features=FEATURES,
        )

    def chat(self, request, context):
        fail(request.model, "echo-error-")
        size = words_in(request)
        choices = within(request.choices, 1, MOST_CHOICES, "choices")
        for warning in useless(
            ("messages", has_media(request)),
            ("tools", any(isinstance(tool, Tool_Other) for tool in request.tools)),
            ("service-tier", request.service_tier),
            ("extra", request.extra),
        ):
            yield emit(StreamEvent_Warning(warning))
        answer = yield from reply(request, setting(context, "prefix"))

        speech = Speech(request, context)
        yield from speech.begin()
        for index in range(choices):
            choice = Choice(index)
            if thinks(request.reasoning):
                yield from speech.reasoning(choice, request.reasoning.budget_tokens)
            match answer:
                case "text", text:
                    yield from speech.text(choice, text)
                case "calls", calls:
                    yield from speech.calls(choice, calls)
                case "refusal", text:
                    yield from speech.refusal(choice, text)
        yield from speech.finish(size)

    def complete(self, request, context):
        fail(request.model, "echo-error-")
        choices = within(request.choices, 1, MOST_CHOICES, "choices")
        for warning in useless(("suffix", request.suffix), ("extra", request.extra)):
            yield emit(StreamEvent_Warning(warning))
        speech = Speech(request, context)
        yield from speech.begin()
        for prompt in request.prompts:
            text = (prompt if request.echo else "") + setting(context, "prefix") + prompt
            for _ in range(choices):
                yield from speech.text(Choice(len(speech.finishes)), text)
        yield from speech.finish(sum(map(words.count, request.prompts)))

    def embed(self, request, context):
        fail(request.model, "echo-error-")
        dimensions = within(request.dimensions, 8, MOST_DIMENSIONS, "dimensions")
        inputs = [words_of_input(input) for input in request.inputs]
        return Embeddings(
            model=request.model,
            vectors=[words.vector(input, dimensions) for input in inputs],
            usage=new(Usage, input=sum(map(len, inputs))),
            warnings=useless(("purpose", request.purpose), ("extra", request.extra)),
        )

    def rerank(self, request, context):
        fail(request.model, "echo-error-")
        scores = [words.overlap(request.query, document) for document in request.documents]
        results = [Ranked(index, score) for index, score in enumerate(scores)]
        results.sort(key=lambda result: -result.score)
        texts = [request.query, *request.documents]
        return Ranking(
            model=request.model,
            results=results[: request.top_n],
            usage=new(Usage, input=sum(map(words.count, texts))),
            warnings=useless(("extra", request.extra)),
        )

    def list_models(self, context):
        return [
            new(
                ModelInfo,
                id="echo-1",
                name="Echo",
                owner="Tidegate",
                context_window=1_000_000,
                input_modalities=["text"],
                output_modalities=["text"],
                operations=OPERATIONS,
                features=FEATURES,
                prices=Prices("USD", 0.0, 0.0, 0.0, 0.0),
            )
        ]

    def count_tokens(self, request, context):
        fail(request.model, "echo-error-")
        return TokenCount(words_in(request), False)

    def check(self, context):
        return Health("nothing to reach, nothing to go wrong")


class Speech:
    """From an answer to events: limits, pieces, log probabilities, pace."""

    def __init__(self, request, context):
        self.model = request.model
        self.sampling = request.sampling
        self.stream = request.stream
        self.context = context
        self.pace = int(setting(context, "pace-ms", "0"))
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
            for action in choice.tool_call(self.context, name, filter(None, pieces)):
                yield action
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


def fail(model, prefix):
    """Fails where the model's name is `echo-error-<kind>` or, later, `echo-late-<kind>`."""
    if not model.startswith(prefix):
        return
    name = model.removeprefix(prefix)
    kind = next((kind for kind in ErrorKind if name == kind.name.lower().replace("_", "-")), None)
    if kind is None:
        raise Failure(ErrorKind.NOT_FOUND, f"no model `{model}`: `{name}` is no kind of error")
    later = 1_000 if kind in (ErrorKind.RATE_LIMITED, ErrorKind.OVERLOADED) else None
    raise Failure(kind, f"the model `{model}` always fails", code="echo", retry_after_ms=later)


def useless(*named):
    """A warning for each of the fields that is there and that nothing can be done with."""
    present = [field for field, value in named if value is not None and value is not False]
    return [Warning(field, f"an echo has no use for `{field}`") for field in present]


def within(value, otherwise, most, field):
    value = otherwise if value is None else value
    if not 1 <= value <= most:
        raise Failure(ErrorKind.INVALID_REQUEST, f"`{field}` is {value}, not 1 to {most}")
    return value


def thinks(options):
    return options and options.budget_tokens != 0 and options.effort != "none"


def contents(request):
    return [part.content for message in request.messages for part in message.parts]


def has_media(request):
    for content in contents(request):
        match content:
            case PartContent_Image() | PartContent_Audio() | PartContent_File():
                return True
            case PartContent_Other():
                return True
            case PartContent_ToolResult(result):
                if not all(isinstance(part, ResultPart_Text) for part in result.parts):
                    return True
    return False


def words_in(request):
    """The words of a conversation."""
    total = 0
    for content in contents(request):
        match content:
            case PartContent_Text(text) | PartContent_Refusal(text):
                total += words.count(text)
            case PartContent_Reasoning(reasoning):
                total += words.count(reasoning.text)
            case PartContent_ToolCall(call):
                total += 1 + words.count(call.arguments)
            case PartContent_ToolResult(result):
                texts = [part.value for part in result.parts if isinstance(part, ResultPart_Text)]
                total += sum(map(words.count, texts))
    return total


def words_of_input(input):
    match input:
        case EmbedInput_Text(text):
            return words.lowercase(text)
        case EmbedInput_Tokens(tokens):
            return [token.to_bytes(4, "little") for token in tokens]
    problem = "an echo turns text and tokens into vectors, not media"
    raise Failure(ErrorKind.UNSUPPORTED, problem)
