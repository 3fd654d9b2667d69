"""JSON as everybody else reads and writes it."""

import json
import re
from math import isinf

DEEPEST = 128
"""Python's parser would use up the component's stack, which is a trap. As in Rust's serde_json."""

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)


def load(text):
    """Reads JSON. Raises `ValueError` for what is none, `NaN` and the like among it."""
    depth = 0
    if text.count("[") + text.count("{") > DEEPEST:
        for token in TOKEN.finditer(text):
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
            if depth > DEEPEST:
                raise ValueError("nested too deeply")
    return json.loads(text, parse_constant=_none_such, parse_float=_finite)


def dump(value):
    """Writes JSON, as short as it gets and always the same."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _none_such(name):
    raise ValueError(f"`{name}` is not JSON")


def _finite(text):
    number = float(text)
    if isinf(number):
        raise ValueError(f"`{text}` is out of range")
    return number
