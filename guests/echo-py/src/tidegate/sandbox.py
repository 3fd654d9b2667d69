"""Turns what would be a trap into an exception that says what to do instead.

A component that imports nothing has no clock, no randomness, no files and no output. Python does not
know: it asks WASI, and the stub in its place traps, without a word on which line it was.
"""

import builtins
import io
import os
import sys
import time

INSTEAD = {
    (time, "time"): "`context.now_ms`",
    (time, "time_ns"): "`context.now_ms`",
    (time, "monotonic"): "`context.now_ms`",
    (time, "monotonic_ns"): "`context.now_ms`",
    (time, "perf_counter"): "`context.now_ms`",
    (time, "perf_counter_ns"): "`context.now_ms`",
    (time, "sleep"): "`yield wait(...)`",
    (os, "urandom"): "`context.seed`",
    (builtins, "open"): "a module with the data in it",
    (io, "open"): "a module with the data in it",
    (builtins, "print"): "`yield log(...)`",
    (builtins, "input"): "`settings`",
}

DEEPEST_CALL = 150
"""Python's own limit is for a native stack; here C code that calls back would overflow before it."""


def close():
    """Call it where no more modules are to be loaded, once or often."""
    for (module, name), instead in INSTEAD.items():
        setattr(module, name, _refusal(f"`{name}` does not work in a component, use {instead}"))
    sys.meta_path[:] = [NoMoreImports]
    sys.setrecursionlimit(DEEPEST_CALL)


class NoMoreImports:
    """Loading a module reads a file."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        raise ImportError(f"`{name}` must be imported at the top of a module, not later")


def _refusal(message):
    def refuse(*arguments, **named):
        raise RuntimeError(message)

    return refuse
