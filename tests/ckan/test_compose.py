"""compose.yaml holds together and sets what the tested CKAN has. Not run: that would need containers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ckan.up import CKAN, configuration

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "compose.yaml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, Any] = COMPOSE["services"]
# Where the containers are, and what the image is told by variables of its own.
_ELSEWHERE = ("url", "site_", "storage_path", "mq.port", "ckan.plugins", "sqlsearch")


class Place:
    """A stand-in for the folder of `make ckan-up`."""

    url = "http://127.0.0.1:5000"
    ports = dict.fromkeys(("postgres", "redis", "solr", "ckan"), 1)

    def __truediv__(self, name: str) -> Path:
        return Path(name)


def variable(key: str) -> str:
    """As ckanext-envvars names a setting."""
    return key.upper().replace(".", "__")


def test_each_setting_of_the_tested_ckan_is_there() -> None:
    told = SERVICES["ckan"]["environment"]
    wanted = {
        variable(key): value
        for key, value in configuration(Place()).items()  # type: ignore[arg-type]
        if not any(part in key for part in _ELSEWHERE)
    }
    assert len(wanted) >= 8
    assert {name: told.get(name) for name in wanted} == wanted
    plugins = configuration(Place())["ckan.plugins"].split()  # type: ignore[arg-type]
    assert told["CKAN__PLUGINS"].split() == ["envvars", *plugins]


def test_the_extensions_are_those_that_are_tested() -> None:
    lines = SERVICES["ckan"]["build"]["dockerfile_inline"]
    assert [name for name in CKAN if name.startswith("ckanext")] == re.findall(r"ckanext-\S+", lines)
    version = next(name for name in CKAN if name.startswith("ckan["))
    minor = re.search(r"==(\d+\.\d+)", version)
    assert minor
    assert f"FROM ckan/ckan-base:{minor[1]}\n" in lines
    assert SERVICES["solr"]["image"].startswith(f"ckan/ckan-solr:{minor[1]}-")


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_names_is_there(name: str) -> None:
    service = SERVICES[name]
    assert set(service.get("depends_on", ())) <= SERVICES.keys()
    assert {volume.partition(":")[0] for volume in service.get("volumes", ())} <= COMPOSE["volumes"].keys()
    assert {config["source"] for config in service.get("configs", ())} <= COMPOSE["configs"].keys()
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    assert ("image" in service) != ("build" in service)
    assert "healthcheck" in service


def test_no_secret_is_in_it() -> None:
    secret = re.compile(r"^ *\w*(?:PASSWORD|SECRET\w*): (?:string:)?(.*)$", re.MULTILINE)
    assert len(secret.findall(TEXT)) >= 5
    assert all(re.match(r"\$\{\w+(?::\?[^}]*)?\}$", value) for value in secret.findall(TEXT))
    required = set(re.findall(r"\$\{(\w+):\?", TEXT))
    assert set(re.findall(r"\$\{(\w+)\}", TEXT)) <= required
