"""Runs a provider's generators: inputs in, actions out."""

from types import GeneratorType

from . import sandbox
from .actions import NEXT
from .contract import *
from .contract import checked

OPERATIONS = {
    Operation_Chat: "chat",
    Operation_Complete: "complete",
    Operation_Embed: "embed",
    Operation_Rerank: "rerank",
    Operation_ListModels: "list_models",
    Operation_CountTokens: "count_tokens",
    Operation_Check: "check",
    Operation_Other: "other",
}
OUTPUTS = {
    Embeddings: Output_Embeddings,
    Ranking: Output_Ranking,
    list: Output_Models,
    TokenCount: Output_Tokens,
    Health: Output_Health,
    NamedJson: Output_Other,
}
FAILURES = {
    FetchFailureKind.DENIED: ErrorKind.DENIED,
    FetchFailureKind.INVALID_REQUEST: ErrorKind.INTERNAL,
    FetchFailureKind.UNREACHABLE: ErrorKind.UNREACHABLE,
    FetchFailureKind.TIMEOUT: ErrorKind.TIMEOUT,
    FetchFailureKind.UNAUTHORIZED: ErrorKind.UNAUTHORIZED,
}


HERE = __file__.rpartition("/")[0]


class Exchange:
    """One operation under way, in a component or in a test."""

    def __init__(self, provider, operation, context):
        self._run = _perform(provider, operation, context)

    def start(self):
        """The first actions."""
        return self._actions(self._run.send, None)

    def step(self, input):
        """What is to be done next: at the end `done` or `fail`."""
        match input:
            case Input_Again() | Input_Other():
                return []
            case Input_Failed(failure):
                kind = FAILURES.get(failure.kind, ErrorKind.UPSTREAM)
                return self._actions(self._run.throw, Failure(kind, failure.message))
            case _:
                # `elapsed` and `end` have no value, which is what a provider is to see of them.
                return self._actions(self._run.send, getattr(input, "value", None))

    def _actions(self, go_on, value):
        actions = []
        try:
            action = go_on(value)
            while action is not NEXT:
                try:
                    actions.append(checked(action, Action, "yield"))
                except (TypeError, ValueError) as error:
                    # At the `yield` that it came from, which is where its author will look.
                    action = self._run.throw(error.with_traceback(None))
                    continue
                if isinstance(action, (Action_Fetch, Action_Wait)):
                    break
                action = self._run.send(None)
        except StopIteration:
            actions.append(Action_Done())
        except Failure as failure:
            actions.append(Action_Fail(failure.error))
        except BaseException as exception:
            # Not only `Exception`: whatever gets out of here is a trap.
            message = f"{type(exception).__name__}: {exception} ({_place(exception)})"
            actions.append(Action_Fail(new(Error, kind=ErrorKind.INTERNAL, message=message)))
        return actions


def _perform(provider, operation, context):
    name = OPERATIONS[type(operation)]
    method = getattr(provider, name, None)
    if method is None:
        raise Failure(ErrorKind.UNSUPPORTED, f"this provider does not implement `{name}`")
    request = [operation.value] if hasattr(operation, "value") else []
    result = method(*request, context)
    if isinstance(result, GeneratorType):
        result = yield from result
    if type(result) in OUTPUTS:
        yield Action_Emit(OUTPUTS[type(result)](result))
    elif result is not None:
        raise TypeError(f"`{name}` returned {result!r:.40}, which is no output")


def _place(exception):
    """The author's line that an exception came from, as far as there is one.

    The `traceback` module would read files, which traps."""
    trace = exception.__traceback__
    places = []
    while trace:
        places.append((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
        trace = trace.tb_next
    theirs = [place for place in places if not place[0].startswith(HERE)]
    file, line = (theirs or places)[-1]
    return f"{file.rpartition('/')[2]}:{line}"


def component(provider):
    """The class that componentize-py exports, for a provider."""

    class Component:
        exchange = None

        def describe(self):
            return provider.describe()

        def start(self, operation, context):
            # Not before: componentize-py itself imports modules after it has loaded ours.
            sandbox.close()
            Component.exchange = Exchange(provider, operation, context)
            return Component.exchange.start()

        def step(self, input):
            return Component.exchange.step(input)

    return Component
