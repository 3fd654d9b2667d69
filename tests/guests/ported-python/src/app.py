"""Code that was written for another place: asyncio over `wasi:http`, print, and a look around for what an
operating system gives.

| model | what it does |
|---|---|
| `GET`, `POST` | that, to the URL in the first line of the message; the rest is the body |
| `explore` | tries whatever the standard library has, and says what came of it |
| `print` | prints the message |
"""

import client
import explore
from componentize_py_types import Err
from wit_world.exports.provider import *

INFO = ProviderInfo(
    name="ported-python",
    version="1.0.0",
    description="Uses asyncio over wasi:http",
    vendor="Tests",
    documentation=None,
    wants=[],
    credentials=[
        Credential(
            name="api-key",
            description="A secret of the tests",
            placement=Placement_Bearer(),
            required=False,
            environment=None,
        )
    ],
    settings=[],
    operations=[OperationKind.CHAT],
    features=[],
)


class Provider:
    download = None

    def describe(self):
        return INFO

    def start(self, operation, context):
        if not isinstance(operation, Operation_Chat):
            return said("it only chats")
        request = operation.value
        text = text_of(request)
        match request.model:
            case "explore":
                return said(explore.report(text))
            case "print":
                print(text)
                return said("printed")
            case method:
                url, _, body = text.partition("\n")
                Provider.download = client.Download(method, url, body.encode())
                return [Action_Again()]

    def step(self, input):
        """Every `again` hands over one piece of what is being downloaded."""
        try:
            piece = Provider.download.piece()
        except Err as error:
            return said(f"error: {error.value}")
        return said("") if piece is None else [delta(piece), Action_Again()]


def said(text):
    finish = StreamEvent_Finish(Finish(0, FinishReason.STOP, None))
    return [delta(text), Action_Emit(Output_Event(finish)), Action_Done()]


def delta(text):
    return Action_Emit(Output_Event(StreamEvent_TextDelta(Delta(0, 0, text))))


def text_of(request):
    parts = (part.content for message in request.messages for part in message.parts)
    return next((part.value for part in parts if isinstance(part, PartContent_Text)), "")
