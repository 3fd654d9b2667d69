"""Write an LLM provider for Tidegate in Python.

A provider is a class with one method per operation, a generator that yields what is to be done:

    class Parrot:
        def describe(self):
            return ProviderInfo(name="parrot", ...)

        def chat(self, request, context):
            answer = yield fetch(post(URL, {"model": request.model}))
            spoken = load(text_of(ok(answer)))
            choice = Choice(0)
            yield choice.text(spoken["text"])
            yield choice.finish(FinishReason.STOP)

`embed`, `rerank`, `list_models`, `count_tokens` and `check` return their one output; those that
fetch nothing need no `yield`. `raise Failure(...)` ends the exchange; any other exception ends it
too, as an `internal` error that says where it came from.

The types are those of the contract; `wit/provider.wit` documents each.
"""

from types import ModuleType as _Module

from .contract import *
from .actions import NEXT, Choice, emit, fetch, log, wait, warn
from .http import get, kind_of, ok, post, setting, text_of
from .json import dump, load
from .exchange import Exchange, component

# Without the modules: `json` here would hide the one that everybody means.
__all__ = [
    name
    for name, value in list(globals().items())
    if not name.startswith("_") and not isinstance(value, _Module)
]
