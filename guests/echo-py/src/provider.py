"""The echo provider in Python: the same answers as `guests/echo`, to the byte."""

import catalog
import words
from catalog import fail, useless
from reply import reply
from speech import Speech
from tidegate import *

MOST_CHOICES = 128
MOST_DIMENSIONS = 16_384


class Echo:
    def describe(self):
        return catalog.provider()

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
        return [catalog.model()]

    def count_tokens(self, request, context):
        fail(request.model, "echo-error-")
        return TokenCount(words_in(request), False)

    def check(self, context):
        return Health("nothing to reach, nothing to go wrong")


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
