"""An HTTP client: asyncio on the event loop that componentize-py brings for `wasi:http`."""

import asyncio
from urllib.parse import urlsplit

from poll_loop import PollLoop, Sink, Stream, send
from wit_world.imports.types import (
    Fields,
    Method_Get,
    Method_Other,
    Method_Post,
    OutgoingBody,
    OutgoingRequest,
    Scheme_Http,
    Scheme_Https,
)

METHODS = {"GET": Method_Get(), "POST": Method_Post()}
SCHEMES = {"http": Scheme_Http(), "https": Scheme_Https()}


class Download:
    """A request under way."""

    def __init__(self, method, url, body):
        self.loop = PollLoop()
        asyncio.set_event_loop(self.loop)
        self.pieces = download(method, url, body)

    def piece(self):
        """The status at first, then what has arrived; waits until there is something."""
        return self.loop.run_until_complete(anext(self.pieces, None))


async def download(method, url, body):
    response = await answer(method, url, body)
    yield f"{response.status()} "
    stream = Stream(response.consume())
    while (piece := await stream.next()) is not None:
        yield piece.decode()


async def answer(method, url, body):
    url = urlsplit(url)
    # The header is one that a client would set from a key of its own.
    headers = {"authorization": "Bearer a-key-of-the-guest", "user-agent": "ported/1.0"}
    request = OutgoingRequest(
        Fields.from_list([(name, value.encode()) for name, value in headers.items()])
    )
    request.set_method(METHODS.get(method, Method_Other(method)))
    request.set_scheme(SCHEMES[url.scheme])
    request.set_authority(url.netloc)
    request.set_path_with_query((url.path or "/") + (f"?{url.query}" if url.query else ""))
    outgoing = request.body()
    if not body:
        OutgoingBody.finish(outgoing, None)
        return await send(request)
    # Both at once: a large body is taken only as fast as it is sent.
    response, _ = await asyncio.gather(send(request), write(outgoing, body))
    return response


async def write(outgoing, body):
    sink = Sink(outgoing)
    await sink.send(body)
    sink.close()
