"""The fixtures of `guests/echo`, natively; the conformance suite runs them in the component."""

import json
import unittest

from . import HERE
from .contract_json import read
from provider import Echo
from tidegate import *


def run(operation, settings):
    """All outputs of an exchange, and the error that ended it."""
    settings = [Setting(name, value) for name, value in settings.items()]
    context = Context("test", 0.0, 7, settings, None)
    exchange = Exchange(Echo(), operation, context)
    actions, outputs = exchange.start(), []
    while True:
        outputs += [action.value for action in actions if isinstance(action, Action_Emit)]
        match actions[-1]:
            case Action_Done():
                return outputs, None
            case Action_Fail(error):
                return outputs, error
            case Action_Wait():
                actions = exchange.step(Input_Elapsed())


def name_of(kind):
    return kind.name.lower().replace("_", "-")


def fold(outputs):
    """What a caller sees of the first choice."""
    seen = {"text": "", "reasoning": "", "refusal": "", "tool-calls": [], "warnings": []}
    seen |= {"choices": 0, "signatures": []}
    for output in outputs:
        match output:
            case Output_Event(StreamEvent_TextDelta(Delta(0, _, text))):
                seen["text"] += text
            case Output_Event(StreamEvent_ReasoningDelta(Delta(0, _, text))):
                seen["reasoning"] += text
            case Output_Event(StreamEvent_RefusalDelta(Delta(0, _, text))):
                seen["refusal"] += text
            case Output_Event(StreamEvent_ReasoningSignature(Delta(0, _, text))):
                seen["signatures"].append(text)
            case Output_Event(StreamEvent_ToolCallStart(ToolCallStart(0, _, _, name))):
                seen["tool-calls"].append({"name": name, "arguments-raw": ""})
            case Output_Event(StreamEvent_ToolCallDelta(Delta(0, _, text))):
                seen["tool-calls"][-1]["arguments-raw"] += text
            case Output_Event(StreamEvent_Warning(warning)):
                seen["warnings"].append(warning.subject)
            case Output_Event(StreamEvent_Answer(answer)):
                seen["answer"] = {"model": answer.model}
            case Output_Event(StreamEvent_Usage(usage)):
                seen["usage"] = vars(usage)
            case Output_Event(StreamEvent_Finish(finish)):
                seen["choices"] += 1
                seen["finish"] = name_of(finish.reason)
            case Output_Embeddings(made) | Output_Ranking(made):
                seen["answer"] = {"model": made.model}
                seen["usage"] = vars(made.usage)
                seen["warnings"] = [warning.subject for warning in made.warnings]
                if isinstance(output, Output_Embeddings):
                    seen["embeddings"] = made.vectors
                else:
                    seen["ranking"] = [[result.index, result.score] for result in made.results]
            case Output_Models(models):
                seen["models"] = [model.id for model in models]
            case Output_Tokens(count):
                seen["tokens"] = count.input
    return seen


class Fixtures(unittest.TestCase):
    maxDiff = None

    def test_fixtures(self):
        paths = sorted((HERE.parent / "fixtures").glob("*.json"))
        self.assertGreater(len(paths), 50)
        for path in paths:
            with self.subTest(path.stem):
                fixture = json.loads(path.read_text())
                operation = read(fixture["operation"], Operation)
                outputs, error = run(operation, fixture.get("settings", {}))
                self.compare(fixture["expect"], fold(outputs), error)

    def compare(self, expect, seen, error):
        if wanted := expect.get("error"):
            self.assertIsNotNone(error)
            self.assertEqual(name_of(error.kind), wanted["kind"])
            self.assertIn(wanted.get("message", ""), error.message)
            self.assertEqual(error.retry_after_ms, wanted.get("retry-after-ms"))
            self.assertEqual(seen["text"], expect.get("text-before-error", ""))
            return
        self.assertIsNone(error)
        for name, value in expect.items():
            match name:
                case "usage" | "answer":
                    self.assertEqual({key: seen[name][key] for key in value}, value)
                case "embeddings":
                    self.assertEqual(len(seen[name]), len(value))
                    for made, vector in zip(seen[name], value):
                        self.assertEqual(len(made), len(vector))
                        # The contract carries 32 bits, Python counts with 64.
                        for number, wanted in zip(made, vector):
                            self.assertAlmostEqual(number, wanted, places=6)
                case "tool-calls":
                    for call, wanted in zip(seen[name], value):
                        if "arguments" in wanted:
                            call["arguments"] = json.loads(call.pop("arguments-raw"))
                    self.assertEqual(seen[name], value)
                case _:
                    self.assertEqual(seen[name], value, name)
