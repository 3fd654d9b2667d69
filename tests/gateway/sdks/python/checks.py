"""Runs checks, one after another, and says what `script.rs` understands.

A check is a function, or a coroutine, that fails by raising. What it raised goes to standard error.
"""

import asyncio
import inspect
import sys
import traceback

_checks = []


def check(function):
    """Makes a function one of the checks."""
    _checks.append(function)
    return function


def raises(kind, function):
    """The exception of exactly this class that the function raises."""
    try:
        result = function()
    except Exception as error:
        assert type(error) is kind, f"{kind.__name__} was to be raised, not {error!r}"
        return error
    raise AssertionError(f"{kind.__name__} was to be raised, and this came: {result!r}")


def equal(found, wanted):
    """Fails with both where they differ."""
    assert found == wanted, f"{wanted!r} was to be found, not {found!r}"


def until_vendor_saw_hang_ups(count):
    """Waits until so many answers of the vendor found nobody to take them."""
    print(f"wait {count}", flush=True)
    equal(sys.stdin.readline(), "seen\n")


def run():
    """Runs them all, and ends the process."""
    failed = False
    for function in _checks:
        try:
            result = function()
            if inspect.iscoroutine(result):
                asyncio.run(result)
            print(f"ok {function.__name__}", flush=True)
        except Exception:
            failed = True
            print(f"failed {function.__name__}", flush=True)
            print(f"\n{function.__name__}\n{traceback.format_exc()}", file=sys.stderr, flush=True)
    print("done", flush=True)
    sys.exit(failed)
