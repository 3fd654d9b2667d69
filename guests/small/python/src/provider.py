"""The provider: what it says of itself, and its operations."""

from answer import Answer, load_answer, member
from errors import read
from request import body
from tidegate import *


class Small:
    def describe(self):
        return ProviderInfo(
            name="small-python",
            version="0.1.0",
            description="Speaks a small subset of chat completions, in Python",
            vendor="Tidegate",
            documentation=None,
            wants=[
                Want("POST {base-url}/chat/completions", "to answer"),
                Want("GET {base-url}/models", "to list the models, and to check the key"),
            ],
            credentials=[
                Credential(
                    name="api-key",
                    description="A key of the server's",
                    placement=Placement_Bearer(),
                    required=False,
                    environment="SMALL_API_KEY",
                )
            ],
            settings=[
                SettingInfo(
                    name="base-url",
                    description="Where the server is",
                    kind=SettingKind_Url(),
                    default="https://llm.example.com/v1",
                    required=False,
                )
            ],
            operations=[OperationKind.CHAT, OperationKind.LIST_MODELS, OperationKind.CHECK],
            features=[Feature.STREAMING, Feature.TOOLS, Feature.REASONING],
        )

    def chat(self, request, context):
        url = setting(context, "base-url") + "/chat/completions"
        delivery = Delivery.SERVER_SENT_EVENTS if request.stream else Delivery.WHOLE
        sent = yield from body(request)
        response = ok((yield fetch(post(url, sent, delivery))), read)
        answer = Answer(context)
        if response.body is not None:
            yield from answer.whole(text_of(response))
        else:
            yield from chunks(answer)
        yield from answer.finish()

    def list_models(self, context):
        models = yield from listed(context)
        return [information(model) for model in models]

    def check(self, context):
        models = yield from listed(context)
        return Health(f"{len(models)} models")


def chunks(answer):
    while (frames := (yield NEXT)) is not None:
        for frame in frames:
            if frame.value.data == "[DONE]":
                return
            yield from answer.chunk(frame.value.data)


def listed(context):
    response = ok((yield fetch(get(setting(context, "base-url") + "/models"))), read)
    match load_answer(text_of(response)):
        case {"data": list(models)}:
            return [model for model in models if isinstance(member(model, "id"), str)]
    raise Failure(ErrorKind.UPSTREAM, "the upstream's list of models is none")


def information(model):
    created, owner = member(model, "created"), member(model, "owned_by")
    return new(
        ModelInfo,
        id=model["id"],
        created_ms=created * 1000.0 if isinstance(created, (int, float)) else None,
        owner=owner if isinstance(owner, str) else None,
    )
