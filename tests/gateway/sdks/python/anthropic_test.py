"""What users of Anthropic's SDK for Python do, at a gateway. Its address and key are in the environment."""

import asyncio

import anthropic
from anthropic import Anthropic, AsyncAnthropic

from checks import check, equal, raises, run, until_vendor_saw_hang_ups

# A retry would hide what went wrong first.
client = Anthropic(max_retries=0)

WEATHER = {
    "name": "weather",
    "description": "The weather of a place.",
    "input_schema": {
        "type": "object",
        "properties": {"place": {"type": "string"}},
        "required": ["place"],
    },
}


def asking(model, text="Hi", **options):
    messages = options.pop("messages", [{"role": "user", "content": text}])
    return {"model": model, "messages": messages, "max_tokens": 100, **options}


def ask(model, text="Hi", by=client, **options):
    return by.messages.create(**asking(model, text, **options))


def text_of(message):
    return "".join(it.text for it in message.content if it.type == "text")


@check
def a_message_is_answered_whole():
    answer = ask("openai/plain", "Hello ☀", system="Be brief.")
    equal(text_of(answer), "Hello ☀")
    equal((answer.type, answer.role, answer.stop_reason), ("message", "assistant", "end_turn"))
    equal((answer.usage.input_tokens, answer.usage.output_tokens), (3, 7))
    equal(answer.usage.cache_read_input_tokens, 2)
    assert answer._request_id, answer
    equal(text_of(ask("echo/echo-1", "one two")), "one two")


@check
def a_message_is_streamed():
    with client.messages.stream(**asking("openai/plain", "one two ☀")) as stream:
        pieces = list(stream.text_stream)
        answer = stream.get_final_message()
    equal("".join(pieces), "one two ☀")
    assert len(pieces) >= 3, pieces
    equal((text_of(answer), answer.stop_reason), ("one two ☀", "end_turn"))
    equal(answer.usage.output_tokens, 7)


@check
def a_stream_has_the_events_of_the_vendor():
    events = [it.type for it in ask("openai/plain", "one two", stream=True)]
    equal(events[:2], ["message_start", "content_block_start"])
    equal(events[-3:], ["content_block_stop", "message_delta", "message_stop"])


@check
def tools_are_called_and_their_results_are_taken():
    degrees = {"Oslo": "-3", "São Paulo": "27"}
    for streamed in [False, True]:
        messages = [{"role": "user", "content": "Where is it warmer?"}]
        question = asking("openai/tools", messages=messages, tools=[WEATHER])
        if streamed:
            with client.messages.stream(**question) as stream:
                answer = stream.get_final_message()
        else:
            answer = client.messages.create(**question)
        equal(answer.stop_reason, "tool_use")
        calls = [it for it in answer.content if it.type == "tool_use"]
        equal([it.id for it in calls], ["call_a", "call_b"])
        messages.append({"role": "assistant", "content": answer.content})
        results = [
            {"type": "tool_result", "tool_use_id": it.id, "content": degrees[it.input["place"]]}
            for it in calls
        ]
        messages.append({"role": "user", "content": results})
        answer = client.messages.create(**question)
        equal(text_of(answer), "Oslo -3, São Paulo 27")


@check
def models_are_listed_and_found():
    ids = [it.id for it in client.models.list()]
    equal(ids, ["echo/echo-1", "openai/plain", "openai/org/tuned"])
    equal(client.models.retrieve("openai/plain").id, "openai/plain")


@check
def each_status_raises_its_class():
    classes = {
        400: anthropic.BadRequestError,
        401: anthropic.AuthenticationError,
        403: anthropic.PermissionDeniedError,
        404: anthropic.NotFoundError,
        429: anthropic.RateLimitError,
        500: anthropic.InternalServerError,
    }
    for status, kind in classes.items():
        for streamed in [False, True]:
            try:
                ask(f"openai/status-{status}", stream=streamed)
            except anthropic.APIStatusError as error:
                assert isinstance(error, kind), f"{status}: {error!r}"
                equal(error.body["error"]["message"], "as you wished")
                assert error.request_id, error
                if status == 429:
                    equal(error.response.headers["retry-after"], "7")
            else:
                raise AssertionError(f"{status} raised nothing")
        # A provider that fails five times in a row is given a rest.
        ask("openai/plain")


@check
def what_the_gateway_itself_refuses_raises_the_same_classes():
    stranger = client.with_options(api_key="tg-other")
    raises(anthropic.AuthenticationError, lambda: ask("openai/plain", by=stranger))
    narrow = client.with_options(api_key="tg-narrow")
    equal(text_of(ask("openai/plain", "Hi", by=narrow)), "Hi")
    raises(anthropic.PermissionDeniedError, lambda: ask("openai/parsed", by=narrow))
    error = raises(anthropic.NotFoundError, lambda: ask("opnai/plain"))
    assert "did you mean `openai`" in error.message, error.message
    hot = lambda: ask("openai/plain", extra_body={"temperature": "hot"})
    raises(anthropic.BadRequestError, hot)


@check
def a_stream_that_breaks_off_raises():
    stream = ask("openai/cut", stream=True)
    equal(next(stream).type, "message_start")
    error = raises(anthropic.APIStatusError, lambda: list(stream))
    equal(error.body["error"]["type"], "api_error")


@check
def a_stream_that_is_closed_is_closed_at_the_vendor():
    stream = ask("openai/endless", stream=True)
    next(stream)
    stream.close()
    until_vendor_saw_hang_ups(1)


@check
def the_sdk_gives_up_in_its_own_time():
    hasty = client.with_options(timeout=0.3)
    raises(anthropic.APITimeoutError, lambda: ask("openai/silent", by=hasty))


@check
def the_sdk_tries_again_when_it_was_told_to_wait():
    patient = client.with_options(max_retries=2)
    equal(text_of(ask("openai/busy-once", by=patient)), "2")


@check
async def a_hundred_at_once_each_get_their_own_answer():
    async with AsyncAnthropic(max_retries=0) as client:

        async def one(number):
            text = f"question {number} of many {number}"
            if number % 2:
                return text, text_of(await ask("openai/crowd", text, by=client))
            async with client.messages.stream(**asking("openai/crowd", text)) as stream:
                return text, await stream.get_final_text()

        answers = await asyncio.gather(*(one(number) for number in range(100)))
        for asked, answered in answers:
            equal(answered, asked)


run()
