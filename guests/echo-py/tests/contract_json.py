"""Reads the contract's types from the JSON of the fixtures."""

import base64
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Union, get_args, get_origin


def read(value, expected):
    origin = get_origin(expected)
    if origin is Union and type(None) in get_args(expected):
        kinds = [arm for arm in get_args(expected) if arm is not type(None)]
        return None if value is None else read(value, Union[tuple(kinds)])
    if origin is Union:
        return case(value, get_args(expected))
    if origin is list:
        return [read(item, *get_args(expected)) for item in value or []]
    if is_dataclass(expected):
        value = value or {}
        names = {field.name.replace("_", "-"): field for field in fields(expected)}
        assert value.keys() <= names.keys(), f"{value.keys() - names.keys()} in {expected}"
        values = {field.name: read(value.get(name), field.type) for name, field in names.items()}
        return expected(**values)
    if issubclass(expected, Enum):
        return expected[value.upper().replace("-", "_")]
    if expected is bytes:
        return base64.b64decode(value or "")
    if expected is bool:
        return bool(value)
    assert isinstance(value, (expected, int)), f"{value!r} is no {expected}"
    return value


def case(value, arms):
    name, *payload = [value] if isinstance(value, str) else next(iter(value.items()))
    for arm in arms:
        # `ToolChoice_None_` is the case `none`.
        words = arm.__name__.partition("_")[2].rstrip("_")
        if words.lower() == name.replace("-", ""):
            return arm(*[read(item, fields(arm)[0].type) for item in payload])
    raise AssertionError(f"no case `{name}` in {arms}")
