"""What users of OpenAI's SDK for Python do, at a gateway. Its address and key are in the environment."""

import asyncio

import openai
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel

from checks import check, equal, raises, run, until_vendor_saw_hang_ups

# A retry would hide what went wrong first.
client = OpenAI(max_retries=0)


def says(text):
    return [{"role": "user", "content": text}]


def ask(model, text="Hi", by=client, **options):
    return by.chat.completions.create(model=model, messages=says(text), **options)


class Person(BaseModel):
    name: str
    age: int


class Weather(BaseModel):
    place: str


WEATHER = openai.pydantic_function_tool(Weather, name="weather")


@check
def a_chat_is_answered_whole():
    answer = ask("openai/plain", "Hello ☀")
    equal(answer.choices[0].message.content, "Hello ☀")
    equal(answer.choices[0].message.role, "assistant")
    equal(answer.choices[0].finish_reason, "stop")
    equal(answer.usage.total_tokens, 12)
    equal(answer.usage.prompt_tokens_details.cached_tokens, 2)
    equal(answer.usage.completion_tokens_details.reasoning_tokens, 3)
    assert answer._request_id.startswith("req_"), answer._request_id
    equal(ask("echo/echo-1", "one two").choices[0].message.content, "one two")


@check
def a_chat_is_streamed():
    with ask("openai/plain", "one two ☀", stream=True) as stream:
        chunks = list(stream)
    equal("".join(it.choices[0].delta.content or "" for it in chunks), "one two ☀")
    equal(chunks[0].choices[0].delta.role, "assistant")
    equal([it.choices[0].finish_reason for it in chunks][-1], "stop")
    assert len(chunks) >= 4, chunks
    assert all(it.usage is None for it in chunks), chunks


@check
def a_stream_ends_with_its_usage_where_that_was_asked_for():
    stream = ask("openai/plain", "one two", stream=True, stream_options={"include_usage": True})
    *chunks, last = stream
    equal(last.choices, [])
    equal((last.usage.prompt_tokens, last.usage.completion_tokens), (5, 7))
    assert all(it.usage is None and it.choices for it in chunks), chunks


@check
def tools_are_called_and_their_results_are_taken():
    degrees = {"Oslo": "-3", "São Paulo": "27"}
    for streamed in [False, True]:
        messages = says("Where is it warmer?")
        question = {"model": "openai/tools", "messages": messages, "tools": [WEATHER]}
        if streamed:
            with client.chat.completions.stream(**question) as stream:
                pieces = [it for it in stream if it.type == "tool_calls.function.arguments.delta"]
                answer = stream.get_final_completion()
            assert len(pieces) >= 4, pieces
        else:
            answer = client.chat.completions.parse(**question)
        equal(answer.choices[0].finish_reason, "tool_calls")
        message = answer.choices[0].message
        equal([it.id for it in message.tool_calls], ["call_a", "call_b"])
        messages.append(message)
        for call in message.tool_calls:
            place = call.function.parsed_arguments.place
            messages.append({"role": "tool", "tool_call_id": call.id, "content": degrees[place]})
        answer = client.chat.completions.create(**question)
        equal(answer.choices[0].message.content, "Oslo -3, São Paulo 27")


@check
def answers_are_parsed_into_the_type_that_was_asked_for():
    question = {"model": "openai/parsed", "messages": says("Who?"), "response_format": Person}
    ada = Person(name="Ada Lovelace", age=36)
    equal(client.chat.completions.parse(**question).choices[0].message.parsed, ada)
    with client.chat.completions.stream(**question) as stream:
        equal(stream.get_final_completion().choices[0].message.parsed, ada)


@check
def answers_that_are_not_whole_are_not_parsed():
    classes = {
        "openai/short": openai.LengthFinishReasonError,
        "openai/filtered": openai.ContentFilterFinishReasonError,
    }
    for model, kind in classes.items():
        question = {"model": model, "messages": says("Who?"), "response_format": Person}
        raises(kind, lambda: client.chat.completions.parse(**question))

        def streamed():
            with client.chat.completions.stream(**question) as stream:
                return stream.get_final_completion()

        raises(kind, streamed)


@check
def responses_are_made_whole_and_streamed():
    question = {"model": "openai/plain", "input": "one two ☀", "store": False}
    answer = client.responses.create(**question)
    equal((answer.output_text, answer.status), ("one two ☀", "completed"))
    equal((answer.usage.input_tokens, answer.usage.output_tokens), (5, 7))
    equal(answer.usage.input_tokens_details.cached_tokens, 2)
    with client.responses.stream(**question) as stream:
        deltas = [it.delta for it in stream if it.type == "response.output_text.delta"]
        answer = stream.get_final_response()
    equal("".join(deltas), "one two ☀")
    equal(answer.output_text, "one two ☀")
    ada = Person(name="Ada Lovelace", age=36)
    parsed = client.responses.parse(model="openai/parsed", input="Who?", text_format=Person)
    equal(parsed.output_parsed, ada)
    stored = lambda: client.responses.create(**{**question, "store": True})
    error = raises(openai.BadRequestError, stored)
    equal(error.param, "store")


@check
def responses_call_tools_and_take_their_results():
    degrees = {"Oslo": "-3", "São Paulo": "27"}
    tool = openai.pydantic_function_tool(Weather, name="weather")["function"]
    question = {"model": "openai/tools", "tools": [{"type": "function", **tool}]}
    items = says("Where is it warmer?")
    answer = client.responses.create(input=items, **question)
    calls = [it for it in answer.output if it.type == "function_call"]
    equal([it.call_id for it in calls], ["call_a", "call_b"])
    items += answer.output
    for call in calls:
        place = Weather.model_validate_json(call.arguments).place
        result = {"type": "function_call_output", "call_id": call.call_id, "output": degrees[place]}
        items.append(result)
    answer = client.responses.create(input=items, **question)
    equal(answer.output_text, "Oslo -3, São Paulo 27")


@check
def texts_become_vectors():
    wanted = [[0.0, -2.5], [1.0, -5.5]]
    for options in [{}, {"encoding_format": "base64"}, {"encoding_format": "float"}]:
        answer = client.embeddings.create(model="openai/vectors", input=["ab", "abcde"], **options)
        if options.get("encoding_format") == "base64":
            # Whoever asks for it decodes it.
            assert all(isinstance(it.embedding, str) for it in answer.data), answer
        else:
            equal([it.embedding for it in answer.data], wanted)
        equal([it.index for it in answer.data], [0, 1])
        equal(answer.usage.prompt_tokens, 4)
    one = client.embeddings.create(model="openai/vectors", input="ab")
    equal(one.data[0].embedding, [0.0, -2.5])


@check
def models_are_listed_and_found():
    ids = [it.id for it in client.models.list()]
    equal(ids, ["echo/echo-1", "openai/plain", "openai/org/tuned"])
    for name in ids:
        equal(client.models.retrieve(name).id, name)
    equal(client.models.retrieve("openai/org/tuned").owned_by, "vendor")
    error = raises(openai.NotFoundError, lambda: client.models.retrieve("openai/none"))
    equal(error.code, "model_not_found")


@check
def texts_are_continued():
    question = {"model": "openai/older", "prompt": "It"}
    answer = client.completions.create(**question)
    equal((answer.choices[0].text, answer.usage.total_tokens), ("It goes on", 4))
    chunks = list(client.completions.create(**question, stream=True))
    equal("".join(it.choices[0].text for it in chunks if it.choices), "It goes on")
    equal(chunks[-1].choices[0].finish_reason, "stop")


@check
def each_status_raises_its_class():
    classes = {
        400: openai.BadRequestError,
        401: openai.AuthenticationError,
        403: openai.PermissionDeniedError,
        404: openai.NotFoundError,
        409: openai.ConflictError,
        422: openai.UnprocessableEntityError,
        429: openai.RateLimitError,
        500: openai.InternalServerError,
        503: openai.InternalServerError,
    }
    for status, kind in classes.items():
        for streamed in [False, True]:
            error = raises(kind, lambda: ask(f"openai/status-{status}", stream=streamed))
            equal((error.code, error.body["message"]), ("wished", "as you wished"))
            assert error.type and error.request_id.startswith("req_"), error
            if status < 500:
                equal(error.status_code, status)
            if status == 429:
                equal(error.response.headers["retry-after"], "7")
        # A provider that fails five times in a row is given a rest.
        ask("openai/plain")


@check
def what_the_gateway_itself_refuses_raises_the_same_classes():
    stranger = client.with_options(api_key="tg-other")
    error = raises(openai.AuthenticationError, lambda: ask("openai/plain", by=stranger))
    equal(error.code, "invalid_api_key")
    narrow = client.with_options(api_key="tg-narrow")
    equal(ask("openai/plain", "Hi", by=narrow).choices[0].message.content, "Hi")
    error = raises(openai.PermissionDeniedError, lambda: ask("openai/parsed", by=narrow))
    equal(error.code, "model_not_allowed")
    error = raises(openai.NotFoundError, lambda: ask("opnai/plain"))
    equal((error.code, error.param), ("model_not_found", "model"))
    assert "did you mean `openai`" in error.message, error.message
    error = raises(openai.BadRequestError, lambda: ask("openai/plain", temperature="hot"))
    equal(error.param, "temperature")
    paint = lambda: client.images.generate(model="openai/plain", prompt="A tide")
    equal(raises(openai.NotFoundError, paint).code, "unsupported_endpoint")


@check
def a_stream_that_breaks_off_raises():
    stream = ask("openai/cut", stream=True)
    equal(next(stream).choices[0].delta.role, "assistant")
    error = raises(openai.APIError, lambda: list(stream))
    equal(error.type, "server_error")


@check
def a_stream_that_is_closed_is_closed_at_the_vendor():
    stream = ask("openai/endless", stream=True)
    next(stream)
    stream.close()
    until_vendor_saw_hang_ups(1)


@check
async def a_task_that_is_cancelled_hangs_up_at_the_vendor():
    async with AsyncOpenAI(max_retries=0) as client:
        stream = await ask("openai/endless", by=client, stream=True)
        begun = asyncio.Event()

        async def read():
            async with stream:
                async for _ in stream:
                    begun.set()

        reading = asyncio.create_task(read())
        await begun.wait()
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        assert reading.cancelled()
        await asyncio.to_thread(until_vendor_saw_hang_ups, 2)


@check
def the_sdk_gives_up_in_its_own_time():
    hasty = client.with_options(timeout=0.3)
    raises(openai.APITimeoutError, lambda: ask("openai/silent", by=hasty))


@check
def the_sdk_tries_again_when_it_was_told_to_wait():
    patient = client.with_options(max_retries=2)
    equal(ask("openai/busy-once", by=patient).choices[0].message.content, "2")


@check
def the_sdk_does_not_try_again_what_is_hopeless():
    patient = client.with_options(max_retries=2)
    error = raises(openai.RateLimitError, lambda: ask("openai/poor", by=patient))
    equal(error.type, "insufficient_quota")
    equal(ask("openai/asked", "poor").choices[0].message.content, "1")


@check
async def a_hundred_at_once_each_get_their_own_answer():
    async with AsyncOpenAI(max_retries=0) as client:

        async def one(number):
            text = f"question {number} of many {number}"
            if number % 2:
                answer = await ask("openai/crowd", text, by=client)
                return text, answer.choices[0].message.content
            stream = await ask("openai/crowd", text, by=client, stream=True)
            pieces = [it.choices[0].delta.content or "" async for it in stream]
            return text, "".join(pieces)

        answers = await asyncio.gather(*(one(number) for number in range(100)))
        for asked, answered in answers:
            equal(answered, asked)


run()
