"""Makes a value that follows a JSON Schema, always the same one.

Which keywords are followed, and how: see `guests/echo/src/schema.rs`, which makes the same values.
"""

from math import ceil

from tidegate import ErrorKind, Failure

DEEP = 8
TOO_DEEP = 16
MOST = 1_000
BUDGET = 10_000
IGNORED = ["pattern", "not", "if", "contains", "uniqueItems"]
FORMATS = {
    "date-time": "2000-01-01T00:00:00Z",
    "date": "2000-01-01",
    "time": "00:00:00Z",
    "duration": "P1D",
    "email": "echo@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


class Instance:
    """A value, and the keywords that were not looked at in making it."""

    def __init__(self, schema):
        self._root = schema
        self._budget = BUDGET
        self.ignored = []
        self.value = self._value(schema, 0)

    def _value(self, schema, depth):
        schema = self._resolve(schema, depth)
        for keyword in IGNORED:
            if keyword in schema and keyword not in self.ignored:
                self.ignored.append(keyword)
        if "const" in schema:
            return schema["const"]
        if values := listed(schema, "enum"):
            return values[0]
        if "default" in schema:
            return schema["default"]
        if values := listed(schema, "examples"):
            return values[0]
        match kind(schema):
            case "object":
                return self._object(schema, depth)
            case "array":
                return self._array(schema, depth)
            case "number" | "integer":
                return number(schema)
            case "boolean":
                return True
            case "null":
                return None
            case _:
                return string(schema)

    def _resolve(self, schema, depth):
        """The keywords of a schema and of those it stands for."""
        self._budget -= 1
        if depth > TOO_DEEP or self._budget <= 0:
            raise unusable("it contains itself without end, or is too large")
        if schema is False:
            raise unusable("nothing follows the schema `false`")
        if schema is not True and not isinstance(schema, dict):
            raise unusable("a schema is an object, `true` or `false`")
        keywords = {} if schema is True else dict(schema)
        parts = []
        if isinstance(reference := keywords.pop("$ref", None), str):
            parts.append(self._target(reference))
        parts += listed(keywords, "allOf")
        parts += listed(keywords, "anyOf")[:1]
        parts += listed(keywords, "oneOf")[:1]
        for keyword in ("allOf", "anyOf", "oneOf"):
            keywords.pop(keyword, None)
        for part in parts:
            for keyword, value in self._resolve(part, depth + 1).items():
                there = keywords.setdefault(keyword, value)
                if keyword == "properties" and isinstance(there, dict) and isinstance(value, dict):
                    keywords[keyword] = there | value
                elif keyword == "required" and isinstance(there, list) and isinstance(value, list):
                    keywords[keyword] = there + value
        return keywords

    def _target(self, reference):
        target = self._root
        try:
            if not reference.startswith("#"):
                raise KeyError(reference)
            for name in reference[1:].split("/")[1:]:
                name = name.replace("~1", "/").replace("~0", "~")
                target = target[int(name) if isinstance(target, list) else name]
        except (LookupError, TypeError, ValueError):
            raise unusable(f"`{reference}` points to nothing in it") from None
        return target

    def _object(self, schema, depth):
        required = listed(schema, "required")
        properties = schema.get("properties")
        if not isinstance(properties, dict):
            return {}
        return {
            name: self._value(properties[name], depth + 1)
            for name in sorted(properties)
            if depth < DEEP or name in required
        }

    def _array(self, schema, depth):
        items = [self._value(item, depth + 1) for item in listed(schema, "prefixItems")]
        if schema.get("items", False) is not False:
            usual = 1 if depth < DEEP else 0
            length = min(whole(schema, "minItems", usual), whole(schema, "maxItems", MOST), MOST)
            while len(items) < length:
                items.append(self._value(schema["items"], depth + 1))
        return items


def kind(schema):
    """The type, or the one that the other keywords speak of."""
    match schema.get("type"):
        case str(kind):
            return kind
        case list(kinds):
            return next((kind for kind in kinds if kind != "null"), "null")
    if "properties" in schema:
        return "object"
    if "items" in schema or "prefixItems" in schema:
        return "array"
    return "number" if "minimum" in schema or "maximum" in schema else "string"


def string(schema):
    example = FORMATS.get(str(schema.get("format")), "echo")
    length = max(len(example), min(whole(schema, "minLength", 0), MOST))
    length = min(length, whole(schema, "maxLength", length))
    return (example * (length // len(example) + 1))[:length]


def number(schema):
    def bound(inclusive, exclusive, step):
        for keyword, add in ((inclusive, 0), (exclusive, step)):
            if is_number(schema.get(keyword)):
                return schema[keyword] + add
        return None

    least = bound("minimum", "exclusiveMinimum", 1)
    most = bound("maximum", "exclusiveMaximum", -1)
    number = 0.0
    if least is not None and most is not None and least > most:
        number = (least + most) / 2
    else:
        number = number if least is None else max(number, least)
        number = number if most is None else min(number, most)
    step = schema.get("multipleOf")
    if is_number(step) and step > 0:
        number = ceil(number / step) * step
    return ceil(number) if kind(schema) == "integer" else float(number)


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def whole(schema, keyword, otherwise):
    value = schema.get(keyword)
    return value if type(value) is int and value >= 0 else otherwise


def listed(schema, keyword):
    value = schema.get(keyword)
    return value if isinstance(value, list) else []


def unusable(problem):
    return Failure(ErrorKind.INVALID_REQUEST, f"the JSON Schema cannot be followed: {problem}")
