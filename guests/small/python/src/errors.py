"""What the upstream says of a failure, which wins over its status."""

from tidegate import *

KINDS = {
    "context_length_exceeded": ErrorKind.CONTEXT_LENGTH_EXCEEDED,
    "content_filter": ErrorKind.CONTENT_FILTERED,
    "insufficient_quota": ErrorKind.QUOTA_EXCEEDED,
    "invalid_api_key": ErrorKind.UNAUTHORIZED,
    "authentication_error": ErrorKind.UNAUTHORIZED,
    "model_not_found": ErrorKind.NOT_FOUND,
    "rate_limit_exceeded": ErrorKind.RATE_LIMITED,
    "rate_limit_error": ErrorKind.RATE_LIMITED,
    "overloaded_error": ErrorKind.OVERLOADED,
}


def read(document):
    """Message, code and kind of `{"error": {"message", "type", "code"}}`, as far as they are there."""
    match document:
        case {"error": str(message)}:
            return {"message": message}
        case {"error": {**error}}:
            names = [str(error[name]) for name in ("code", "type") if error.get(name) is not None]
            kinds = [KINDS[name] for name in names if name in KINDS]
            message = error.get("message")
            return {
                "message": message if isinstance(message, str) else None,
                "code": next(iter(names), None),
                "kind": next(iter(kinds), None),
            }
    return {}
