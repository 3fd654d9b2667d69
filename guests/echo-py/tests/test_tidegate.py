"""The helper: what a provider can yield, what it gets back, and what becomes of its mistakes."""

import unittest

from . import HERE  # finds the modules
from tidegate import *

CONTEXT = Context("test", 0.0, 7, [], None)
URL = "https://example.com/"


def begin(chat):
    class Provider:
        def chat(self, request, context):
            return chat()

    exchange = Exchange(Provider(), Operation_Chat(None), CONTEXT)
    return exchange, exchange.start()


def answer(status, body):
    body = None if body is None else Content_Text(body)
    return Input_Response(Response(status, [], body))


def frames(*data):
    return Input_Frames([Frame_Event(ServerSentEvent(None, text, None)) for text in data])


class Exchanges(unittest.TestCase):
    def failure(self, actions, kind, message):
        self.assertIsInstance(actions[-1], Action_Fail)
        self.assertEqual(actions[-1].value.kind, kind)
        self.assertIn(message, actions[-1].value.message)

    def test_an_answer_comes_whole(self):
        def chat():
            response = ok((yield fetch(post(URL, {"a": "ä"}))))
            yield Choice(0).text(load(text_of(response))["text"])

        exchange, actions = begin(chat)
        self.assertEqual(actions[0].value.body, Content_Text('{"a":"ä"}'))
        actions = exchange.step(answer(200, '{"text": "Hi"}'))
        self.assertEqual(actions, [Choice(0).text("Hi"), Action_Done()])

    def test_an_answer_comes_in_frames_until_its_end(self):
        def chat():
            yield fetch(post(URL, {}, Delivery.SERVER_SENT_EVENTS))
            while (arrived := (yield NEXT)) is not None:
                for frame in arrived:
                    yield Choice(0).text(frame.value.data)

        exchange, _ = begin(chat)
        self.assertEqual(exchange.step(answer(200, None)), [])
        texts = [Choice(0).text("a"), Choice(0).text("b")]
        self.assertEqual(exchange.step(frames("a", "b")), texts)
        self.assertEqual(exchange.step(Input_Other(NamedJson("new", "{}"))), [])
        self.assertEqual(exchange.step(frames("c")), [Choice(0).text("c")])
        self.assertEqual(exchange.step(Input_End()), [Action_Done()])

    def test_a_cut_answer_fails_unless_it_is_caught(self):
        def chat():
            try:
                yield fetch(get(URL))
            except Failure:
                yield wait(10)
            yield fetch(get(URL))
            yield NEXT

        cut = Input_Failed(FetchFailure(FetchFailureKind.INTERRUPTED, "cut"))
        exchange, _ = begin(chat)
        self.assertEqual(exchange.step(cut), [Action_Wait(10)])
        self.assertIsInstance(exchange.step(Input_Elapsed())[0], Action_Fetch)
        exchange.step(answer(200, None))
        self.failure(exchange.step(cut), ErrorKind.UPSTREAM, "cut")

    def test_a_status_is_a_failure(self):
        def chat():
            ok((yield fetch(get(URL))))

        for status, body, kind, message in [
            (401, '{"error": {"message": "no key"}}', ErrorKind.UNAUTHORIZED, "no key"),
            (429, "<html>", ErrorKind.RATE_LIMITED, "answered 429: <html>"),
            (418, "[]", ErrorKind.INVALID_REQUEST, "answered 418"),
            (502, "", ErrorKind.UPSTREAM, "answered 502"),
        ]:
            exchange, _ = begin(chat)
            self.failure(exchange.step(answer(status, body)), kind, message)

    def test_mistakes_are_errors_that_say_where(self):
        def raises():
            yield Choice(0).text("before")
            raise KeyError("boom")

        def wrong_type():
            yield Choice(0).text(7)

        def wrong_number():
            yield wait(-1)

        def no_action():
            yield "Hi"

        def half_a_character():
            yield Choice(0).text("\ud800")

        for chat, message in [
            (raises, "KeyError: 'boom' (test_tidegate.py:"),
            (wrong_type, "`yield.value.value.value.text` is 7, not `str` (test_tidegate.py:"),
            (wrong_number, "`yield.value` is -1, which does not fit"),
            (no_action, "`yield` is 'Hi', not `Action_Fetch` or"),
            (half_a_character, "surrogates not allowed (test_tidegate.py:"),
            (lambda: 7, "`chat` returned 7, which is no output"),
        ]:
            _, actions = begin(chat)
            self.failure(actions, ErrorKind.INTERNAL, message)

    def test_what_is_not_implemented_is_unsupported(self):
        actions = Exchange(object(), Operation_Check(), CONTEXT).start()
        self.failure(actions, ErrorKind.UNSUPPORTED, "does not implement `check`")


class Json(unittest.TestCase):
    def test_what_is_no_json_is_refused(self):
        for text in ["", "NaN", "-Infinity", "1e999", "[" * 200 + "]" * 200, "[" * 200]:
            with self.assertRaises(ValueError):
                load(text)
        self.assertEqual(load('["' + "[" * 200 + '\\"["]'), ["[" * 200 + '"['])
        self.assertEqual(load("[" + "[]," * 200 + "{}]"), [[]] * 200 + [{}])

    def test_choices_number_their_parts(self):
        choice = Choice(1)
        actions = [choice.reasoning("a"), choice.reasoning("b"), choice.text("c")]
        actions += choice.tool_call(CONTEXT, "lookup", ["{", "}"])
        parts = [action.value.value.value.part for action in actions]
        self.assertEqual(parts, [0, 0, 1, 2, 2, 2, 2])
        self.assertEqual(actions[3].value.value.value.id, "call_00000007_1_2")
