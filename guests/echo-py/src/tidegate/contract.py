"""The contract's types, and what makes them handy: absent fields, failures, a check."""

from dataclasses import fields, is_dataclass
from typing import Union, get_args, get_origin

from wit_world.exports.provider import *
from wit_world.exports.provider import Error


class Failure(Exception):
    """Ends the exchange with an error of the contract."""

    def __init__(self, kind, message, **more):
        super().__init__(message)
        self.error = new(Error, kind=kind, message=message, **more)


def new(record, **values):
    """A record in which every field that is not given is absent: `None`, `[]` or `False`."""
    for field in fields(record):
        if field.name not in values:
            absent = {list: list, bool: bool}.get(get_origin(field.type) or field.type)
            values[field.name] = absent() if absent else None
    return record(**values)


def checked(value, expected, where):
    """The value, if all of it is what the contract asks for. Anything else would be a trap in the
    code that hands it over, and a trap says nothing."""
    origin = get_origin(expected)
    if origin is Union:
        arms = [arm for arm in get_args(expected) if isinstance(value, get_origin(arm) or arm)]
        if arms:
            return checked(value, arms[0], where)
    elif isinstance(value, origin or expected) or (expected is float and type(value) is int):
        if expected is str:
            value.encode()  # Half of a surrogate pair is no text.
        elif expected is int and not 0 <= value < 1 << 32:
            raise ValueError(f"`{where}` is {value}, which does not fit into 32 bits")
        elif origin is list:
            for index, item in enumerate(value):
                checked(item, *get_args(expected), f"{where}[{index}]")
        elif is_dataclass(value):
            for field in fields(value):
                checked(getattr(value, field.name), field.type, f"{where}.{field.name}")
        return value
    arms = get_args(expected) if origin is Union else [expected]
    names = " or ".join(f"`{arm.__name__}`" for arm in arms)
    raise TypeError(f"`{where}` is {value!r:.40}, not {names}")
