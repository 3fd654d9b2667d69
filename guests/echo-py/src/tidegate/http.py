"""Requests and answers."""

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


def ok(response):
    """The answer itself below status 300, else the failure that its status means."""
    status = response.status
    if 200 <= status < 300:
        return response
    other = ErrorKind.INVALID_REQUEST if 400 <= status < 500 else ErrorKind.UPSTREAM
    body = text_of(response)
    try:
        message = str(load(body)["error"]["message"])
    except (ValueError, TypeError, LookupError):
        message = f"the upstream answered {status}: {body[:200]}"
    raise Failure(KINDS.get(status, other), message, status=status, body=body[:2048])


def setting(context, name, default=""):
    """The value of a setting."""
    return next((each.value for each in context.settings if each.name == name), default)
