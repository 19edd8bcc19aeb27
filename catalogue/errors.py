"""What the Action API answers when it cannot do what was asked: one table of `__type` and HTTP status.

Source: CKAN 2.12 `ckan/views/api.py`, measured on a running CKAN 2.12.0. ckanapi tells the errors apart by
`__type` only; a request that names no known action is answered with a bare JSON string.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class ActionError(Exception):
    """An answer other than success; `message` is what a person reads."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class BadRequest(ActionError):
    """No such action, or a body that is no JSON object."""


class NotAuthorized(ActionError):
    pass


class NotFound(ActionError):
    pass


class SearchQueryError(ActionError):
    pass


class SearchError(ActionError):
    pass


class SearchIndexError(ActionError):
    """A record that the index cannot hold."""


class DataError(ActionError):
    """A value of the wrong shape where a list of objects is due."""

    def __init__(self, message: str, data: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.data = data


class ValidationError(ActionError):
    """Fields and what is wrong with each, all at once."""

    def __init__(self, errors: dict[str, Any]) -> None:
        super().__init__(str(errors))
        self.errors = errors


class Damaged(Exception):
    """The embedded catalogue's file is not what was written to it."""


class SyncError(Exception):
    """A catalogue refused or did not answer; the text says which record and why."""


class Overtaken(SyncError):
    """What was being brought there is no longer what is wanted; nothing of it was written after that."""


# class → (HTTP status, __type, how the message begins)
OUTCOMES: dict[type[ActionError], tuple[int, str, str]] = {
    NotAuthorized: (403, "Authorization Error", "Access denied"),
    NotFound: (404, "Not Found Error", "Not found"),
    SearchQueryError: (400, "Search Query Error", "Search Query is invalid"),
    SearchError: (409, "Search Error", "Search error"),
    SearchIndexError: (500, "Search Index Error", "Unable to add package to search index"),
}


def answer(error: ActionError) -> tuple[int, dict[str, Any] | str]:
    """Status and `error` member of the envelope; a string is the whole body.

    >>> answer(NotFound("Resource was not found."))
    (404, {'__type': 'Not Found Error', 'message': 'Not found: Resource was not found.'})
    """
    if isinstance(error, BadRequest):
        return 400, f"Bad request: {error.message}"
    if isinstance(error, ValidationError):
        return 409, {"__type": "Validation Error"} | error.errors
    if isinstance(error, DataError):
        return 400, {"__type": "Integrity Error", "message": error.message, "data": dict(error.data)}
    status, kind, start = OUTCOMES[type(error)]
    return status, {"__type": kind, "message": f"{start}: {error.message}" if error.message else start}
