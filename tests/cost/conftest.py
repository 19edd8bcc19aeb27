"""The service of tests/clients, for requests made to be dear."""

from tests.clients.conftest import base, port, snapshot

__all__ = ["base", "port", "snapshot"]
