"""Requests and answers."""

import re

from .contract import *
from .json import dump, load

KINDS = {
    401: ErrorKind.UNAUTHORIZED,
    402: ErrorKind.QUOTA_EXCEEDED,
    403: ErrorKind.FORBIDDEN,
    404: ErrorKind.NOT_FOUND,
    408: ErrorKind.TIMEOUT,
    410: ErrorKind.NOT_FOUND,
    429: ErrorKind.RATE_LIMITED,
    503: ErrorKind.OVERLOADED,
    529: ErrorKind.OVERLOADED,
}


def post(url, body, delivery=Delivery.WHOLE):
    """A `POST` of a JSON body."""
    headers = [Header("content-type", "application/json")]
    return _request("POST", url, headers, Content_Text(dump(body)), delivery)


def get(url):
    """A `GET` whose answer is wanted whole."""
    return _request("GET", url, [], None, Delivery.WHOLE)


def _request(method, url, headers, body, delivery):
    limits = new(FetchLimits)
    return HttpRequest(method, url, headers, body, delivery, credential=None, limits=limits)


def text_of(response):
    """The body of a whole answer; bytes that are not UTF-8 become U+FFFD."""
    match response.body:
        case Content_Text(text):
            return text
        case Content_Bytes(data):
            return data.decode(errors="replace")
        case _:
            return ""


def ok(response, read=None):
    """The answer itself below status 300, else the failure that its status means.

    `read` is for vendors whose errors say more: it gets the JSON of the body and returns, as a `dict`,
    which of `kind`, `message` and `code` it found."""
    status = response.status
    if 200 <= status < 300:
        return response
    body = text_of(response)
    try:
        said = (read or _message)(load(body))
    except (ValueError, TypeError, LookupError, AttributeError):
        said = {}
    kind = said.pop("kind", None) or kind_of(status)
    message = said.pop("message", None) or f"the upstream answered {status}: {body[:200]}"
    more = {"status": status, "body": body[:2048], "retry_after_ms": _retry_after(response)}
    raise Failure(kind, message, **more, **said)


def kind_of(status):
    """The kind of failure that a status alone stands for."""
    other = ErrorKind.INVALID_REQUEST if 400 <= status < 500 else ErrorKind.UPSTREAM
    return KINDS.get(status, other)


def _message(document):
    return {"message": str(document["error"]["message"])}


def _retry_after(response):
    for header in response.headers:
        if header.name == "retry-after" and re.fullmatch(r"\d{1,6}(\.\d{1,9})?", header.value):
            return round(float(header.value) * 1000)
    return None


def setting(context, name, default=""):
    """The value of a setting."""
    return next((each.value for each in context.settings if each.name == name), default)
