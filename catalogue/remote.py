"""A catalogue as ckanapi sees it: a CKAN at an address, or the embedded one in this process.

What ckanapi leaves open is closed here: every call ends by a deadline, however slowly bytes drip; an answer
that is no clear success of the action that was asked raises; a server that asks for patience is heard.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

import requests
from ckanapi import RemoteCKAN
from ckanapi.common import ActionShortcut, prepare_action, reverse_apicontroller_action
from ckanapi.errors import CKANAPIError, ServerIncompatibleError

from catalogue.embedded import Embedded

UNCLEAR = (CKANAPIError, ServerIncompatibleError, requests.RequestException)  # it may have been done
ANSWERS = (200, 400, 403, 404, 409)  # of the Action API; anything else comes from something in between


class Api(Protocol):
    """What ckanapi's RemoteCKAN, LocalCKAN and TestAppCKAN have in common."""

    def call_action(self, action: str, data_dict: Mapping[str, Any] | None = None) -> Any: ...


class Busy(CKANAPIError):  # type: ignore[misc]
    """The server asks to come back later."""

    def __init__(self, status: int, seconds: float) -> None:
        super().__init__(f"status {status}, to be tried again in {seconds:g} s")
        self.seconds = seconds


class Remote(RemoteCKAN):  # type: ignore[misc]
    """A CKAN at an address."""

    def __init__(self, address: str, apikey: str | None = None, deadline: float = 120.0) -> None:
        super().__init__(address, apikey=apikey or None, user_agent="lmis")
        self.deadline = deadline  # seconds from the call to the last byte of its answer
        self.session = requests.Session()
        self.session.trust_env = False  # a .netrc would put another Authorization in place of the token

    def _request_fn(
        self, url: str, data: Any, headers: Any, files: Any, requests_kwargs: Any
    ) -> tuple[int, str]:
        def call() -> requests.Response:
            return self.session.post(
                url,
                data=data,
                headers=headers,
                files=files,
                allow_redirects=False,  # nor would the token go to another host
                timeout=(min(10.0, self.deadline), self.deadline),
            )

        response = _within(self.deadline, call)
        status, text = response.status_code, response.content.decode("utf-8", "replace")
        if status in (429, 503):
            raise Busy(status, _retry_after(response))
        if status not in ANSWERS:
            raise CKANAPIError(f"{urlsplit(url).path}: status {status}{_message(text)}")
        _expect(url, status, text)
        return status, text


def _within(seconds: float, call: Callable[[], requests.Response]) -> requests.Response:
    """What `call` gives; timeouts of requests count from byte to byte, this one from the beginning."""
    found: list[requests.Response | BaseException] = []

    def run() -> None:
        try:
            found.append(call())
        except BaseException as exc:
            found.append(exc)

    worker = threading.Thread(target=run, daemon=True)
    worker.start()
    worker.join(seconds)
    if not found:
        raise requests.Timeout(f"no whole answer within {seconds:g} s")
    if isinstance(found[0], BaseException):
        raise found[0]
    return found[0]


def _message(text: str) -> str:
    """What CKAN says of a fault of its own, if the text is from it."""
    try:
        return f": {json.loads(text)['error']['message']}"[:500]
    except (ValueError, KeyError, TypeError):
        return ""


def _retry_after(response: requests.Response) -> float:
    """Seconds; a date or nonsense counts as a second."""
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isdigit() else 1.0


def _expect(url: str, status: int, text: str) -> None:
    """Raise CKANAPIError unless the body answers this action: a proxy may send another's, or half of it."""
    try:
        body = json.loads(text)
    except ValueError:
        raise CKANAPIError(f"{urlsplit(url).path}: status {status} with a body that is not JSON") from None
    if isinstance(body, str):  # a bare text: no such action, or no JSON
        raise CKANAPIError(f"{urlsplit(url).path}: {body[:200]}")
    asked = urlsplit(url).path.rsplit("/", 1)[-1]
    named = parse_qs(urlsplit(str(body.get("help", ""))).query).get("name", [""])[0]
    if named != asked or (body.get("success") is True) != (status == 200):
        raise CKANAPIError(f"{urlsplit(url).path}: the answer is not that of this action")


class InProcess:
    """The embedded catalogue as ckanapi sees it, without a server: for the publisher's own process."""

    def __init__(self, client: Any, token: str) -> None:
        self.client, self.token = client, token
        self.action = ActionShortcut(self)

    def call_action(self, action: str, data_dict: Mapping[str, Any] | None = None) -> Any:
        url, body, headers = prepare_action(action, data_dict, self.token)
        response = self.client.post(f"/{url}", data=body, headers=headers)
        return reverse_apicontroller_action(url, response.status_code, response.get_data(as_text=True))


def embedded(
    catalogue: Embedded, vintage: int, site: Any, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> InProcess:
    """The embedded catalogue, to write what it shows from `vintage` on."""
    from catalogue.actions import standalone

    client, token = standalone(catalogue, vintage, site, now)
    return InProcess(client, token)
