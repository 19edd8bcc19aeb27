"""How often one client may ask, and what it is told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.web.limit import CLIENTS, Limit, client
from publisher.web.streams import WSGI


def answers(status: str) -> WSGI:
    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start(status, [("Content-Type", "text/plain")])
        return [b""]

    return app


class Clients:
    """Requests through a limit, on a clock moved by hand."""

    def __init__(self, quota: int) -> None:
        self.now = 1000.0
        self.limit = Limit(answers("200 OK"), quota, 0, answers("429 Too Many Requests"), lambda: self.now)

    def ask(self, address: str = "192.0.2.1") -> tuple[str, dict[str, str]]:
        told: list[Any] = []
        list(self.limit({"REMOTE_ADDR": address}, lambda *given: told.append(given)))
        return told[0][0][:3], dict(told[0][1])


def test_what_a_client_is_told() -> None:
    clients = Clients(2)
    seen = []
    for passed in (0, 20, 0.5, 39, 1, 0):
        clients.now += passed
        status, headers = clients.ask()
        assert headers["RateLimit-Policy"] == '"client";q=2;w=60'
        seen.append((status, headers["RateLimit"], headers.get("Retry-After")))
    assert seen == [
        ("200", '"client";r=1;t=60', None),
        ("200", '"client";r=0;t=40', None),
        ("429", '"client";r=0;t=40', "40"),
        ("429", '"client";r=0;t=1', "1"),
        ("200", '"client";r=1;t=60', None),
        ("200", '"client";r=0;t=60', None),
    ]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 30))), st.integers(1, 4))
def test_no_window_has_more_than_the_quota(asked: list[tuple[str, int]], quota: int) -> None:
    """Whoever waits as long as told is answered; one client's requests take nothing from another's."""
    clients, alone = Clients(quota), {"a": Clients(quota), "b": Clients(quota)}
    for name, passed in asked:
        for each in (clients, *alone.values()):
            each.now += passed
        status, headers = clients.ask(name)
        assert (status, headers) == alone[name].ask(name)
        assert int(headers["RateLimit"].split("r=")[1].split(";")[0]) < quota
        if status == "429":
            for each in (clients, *alone.values()):
                each.now += int(headers["Retry-After"])
            assert clients.ask(name)[0] == alone[name].ask(name)[0] == "200"


def test_clients_are_forgotten() -> None:
    clients = Clients(1)
    for number in range(CLIENTS + 10):
        clients.ask(str(number))
    assert len(clients.limit._windows) == CLIENTS
    clients.now += 60
    clients.ask("one")
    assert list(clients.limit._windows) == ["one"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "who"),
    [
        ("192.0.2.1", None, 0, "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9", 0, "192.0.2.1"),  # anybody may write it
        ("10.0.0.1", "203.0.113.9", 1, "203.0.113.9"),
        ("10.0.0.1", "1.1.1.1, 203.0.113.9", 1, "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9, 10.0.0.2", 2, "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9", 2, "203.0.113.9"),
        ("10.0.0.1", None, 1, "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", None, 0, "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", None, 0, "2001:db8:1:2::/64"),
        ("not:an:address", None, 0, "not:an:address"),
        ("", None, 0, ""),
    ],
)
def test_who_asks(peer: str, forwarded: str | None, proxies: int, who: str) -> None:
    environ = {"REMOTE_ADDR": peer, **({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {})}
    assert client(environ, proxies) == who
