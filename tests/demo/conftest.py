"""The bundled packages as committed: descriptors by name, tables as text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

DEMO = Path(__file__).resolve().parents[2] / "demo"
NAMES = sorted(path.parent.name for path in DEMO.glob("*/datapackage.json"))


@pytest.fixture(params=NAMES)
def package(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def demo() -> Path:
    return DEMO


@pytest.fixture(scope="session")
def descriptors() -> dict[str, dict[str, Any]]:
    return {
        name: json.loads((DEMO / name / "datapackage.json").read_text(encoding="utf-8")) for name in NAMES
    }


@pytest.fixture(scope="session")
def tables(descriptors: dict[str, dict[str, Any]]) -> dict[tuple[str, str], pl.DataFrame]:
    """All resources by package and dataflow id, fixed dimensions put back, every cell text."""
    return {
        (name, flow_id(resource)): pl.read_csv(
            DEMO / name / resource["path"], infer_schema=False
        ).with_columns(
            pl.lit(value).alias(column) for column, value in resource["sdmx"].get("fixed", {}).items()
        )
        for name, descriptor in descriptors.items()
        for resource in descriptor["resources"]
    }


def flow_id(resource: dict[str, Any]) -> str:
    """`DF_LF` of `LMIS:DF_LF(1.0.0)`."""
    return str(resource["sdmx"]["dataflow"].split(":")[1].split("(")[0])
