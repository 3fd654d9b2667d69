"""What the provider says of itself, and the models it has: one that works and those that fail."""

from tidegate import *

OPERATIONS = [
    OperationKind.CHAT,
    OperationKind.COMPLETE,
    OperationKind.EMBED,
    OperationKind.RERANK,
    OperationKind.LIST_MODELS,
    OperationKind.COUNT_TOKENS,
    OperationKind.CHECK,
]
FEATURES = [
    Feature.STREAMING,
    Feature.TOOLS,
    Feature.PARALLEL_TOOL_CALLS,
    Feature.JSON,
    Feature.JSON_SCHEMA,
    Feature.REASONING,
    Feature.LOGPROBS,
    Feature.CHOICES,
]


def provider():
    return ProviderInfo(
        name="echo-py",
        version="0.1.0",
        description="Answers with what it was told, without any network",
        vendor="Tidegate",
        documentation=None,
        wants=[],
        credentials=[],
        settings=[
            SettingInfo(
                name="prefix",
                description="Stands before every text that is echoed",
                kind=SettingKind_Text(),
                default="",
                required=False,
            ),
            SettingInfo(
                name="pace-ms",
                description="Milliseconds to wait before each word of a stream",
                kind=SettingKind_Integer(),
                default="0",
                required=False,
            ),
        ],
        operations=OPERATIONS,
        features=FEATURES,
    )


def model():
    return new(
        ModelInfo,
        id="echo-1",
        name="Echo",
        owner="Tidegate",
        context_window=1_000_000,
        input_modalities=["text"],
        output_modalities=["text"],
        operations=OPERATIONS,
        features=FEATURES,
        prices=Prices("USD", 0.0, 0.0, 0.0, 0.0),
    )


def fail(model, prefix):
    """Fails where the model's name is `echo-error-<kind>` or, later, `echo-late-<kind>`."""
    if not model.startswith(prefix):
        return
    name = model.removeprefix(prefix)
    kind = next((kind for kind in ErrorKind if name == kind.name.lower().replace("_", "-")), None)
    if kind is None:
        raise Failure(ErrorKind.NOT_FOUND, f"no model `{model}`: `{name}` is no kind of error")
    later = 1_000 if kind in (ErrorKind.RATE_LIMITED, ErrorKind.OVERLOADED) else None
    raise Failure(kind, f"the model `{model}` always fails", code="echo", retry_after_ms=later)


def useless(*named):
    """A warning for each of the fields that is there and that nothing can be done with."""
    present = [field for field, value in named if value is not None and value is not False]
    return [Warning(field, f"an echo has no use for `{field}`") for field in present]
