"""The Table Schema of a dataflow, judged by frictionless."""

from __future__ import annotations

from pathlib import Path

import frictionless
import pytest

from publisher.folders import folder
from publisher.structures.registry import Registry
from publisher.structures.schema import table_schema
from publisher.structures.urns import Ref

LABOUR = Path(__file__).parent / "specimens" / "labour"


def test_fields() -> None:
    registry = Registry.load(LABOUR)
    definition = registry.definition(Ref("dataflow", "TEST", "DF_LF", "1.0.0"))
    schema = table_schema(definition, registry, ("id",))
    fields = {field["name"]: field for field in schema["fields"]}
    assert list(fields) == list(definition.components)
    assert schema["primaryKey"] == ["FREQ", "REF_AREA", "SEX", "TIME_PERIOD"]
    assert schema["title"] == "Angkatan kerja"
    assert fields["FREQ"]["constraints"] == {"required": True, "enum": ["A", "Q"]}
    assert fields["SEX"]["categories"][1] == {"value": "F", "label": "Perempuan"}
    assert fields["OBS_VALUE"]["type"] == "number"
    assert fields["DECIMALS"]["constraints"] == {"required": False, "minimum": 0, "maximum": 9}
    assert fields["OBS_STATUS"]["constraints"] == {"required": True}  # an array: no enum of single codes


@pytest.mark.parametrize("language", ["en", "id"])
def test_bundled_dataflows_are_legal_table_schemas(language: str) -> None:
    registry = Registry.load(folder("dsd"))
    for flow in registry.find("dataflow"):
        schema = table_schema(registry.definition(flow.ref), registry, (language,))
        assert frictionless.Schema.from_descriptor(schema).field_names
