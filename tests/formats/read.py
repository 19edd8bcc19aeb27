"""Small readers of data messages, one per form: each observation as a dictionary of all that is said of it.

Several values of one attribute are joined by U+001F. What is said of the data set stands in each of its
observations: `ACTION` in full, `STRUCTURE` as `dataflow LMIS:DF_EX(1.0.0)`, `VALID_FROM`, `VALID_TO`.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from lxml import etree

from publisher.structures import urns

Found = dict[str, str]
MISSING = ("NaN", "#N/A")
ABOUT = ("ACTION", "STRUCTURE", "VALID_FROM", "VALID_TO")
SEVERAL = "\x1f"
GROUP = ("REF_AREA", "SEX")  # the dimensions of the one group in the tests
ACTIONS = {"M": "Merge", "A": "Append", "R": "Replace", "D": "Delete", "I": "Information"}
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


# -- SDMX-CSV ---------------------------------------------------------------------------------


def sdmx_csv(document: bytes) -> list[Found]:
    """SDMX-CSV 2.1, 2.0 or 1.0 with `labels=id`."""
    head, *rows = csv.reader(io.StringIO(document.decode(), newline=""), strict=True)
    return [_csv_row(head, row) for row in rows]


def _csv_row(head: list[str], row: list[str]) -> Found:
    cells = {name: cell for name, cell in zip(head, row, strict=True) if cell != ""}
    found: Found = {}
    kind = cells.pop("STRUCTURE", cells.pop("STRUCTURE[;]", "dataflow"))
    kind = {"dataprovision": "provisionagreement"}.get(kind, kind)
    name = cells.pop("STRUCTURE_ID", None) or cells.pop("DATAFLOW")
    found["STRUCTURE"] = f"{kind} {name}"
    if "ACTION" in cells:
        found["ACTION"] = ACTIONS[cells.pop("ACTION")]
    for column, cell in cells.items():
        several = next(csv.reader([cell], delimiter=";", strict=True)) if column.endswith("[]") else [cell]
        found[column.removesuffix("[]")] = SEVERAL.join(several)
    return found


# -- SDMX-JSON --------------------------------------------------------------------------------


def sdmx_json(document: bytes) -> list[Found]:
    """SDMX-JSON 2.1, 2.0 or 1.0: indexes looked up."""
    message = json.loads(document, parse_float=str, parse_int=lambda text: text)
    data = message["data"]
    structures = data.get("structures") or [data["structure"]]
    return [
        {**_json_about(dataset), **row}
        for dataset in data["dataSets"]
        for row in _json_rows(structures[int(dataset.get("structure", 0))], dataset)
    ]


def _json_about(dataset: dict[str, Any]) -> Found:
    found = {"ACTION": dataset["action"], "STRUCTURE": _structure(dataset["links"][0]["urn"])}
    dates = (("VALID_FROM", "validFrom"), ("VALID_TO", "validTo"))
    return found | {name: dataset[key] for name, key in dates if key in dataset}


def _structure(urn: str) -> str:
    ref = urns.parse(urn)
    return f"{ref.kind} {ref.short}"


def _json_rows(structure: dict[str, Any], dataset: dict[str, Any]) -> Iterator[Found]:
    dimensions, attributes = structure["dimensions"], structure["attributes"]
    measures = [
        m["id"] for m in structure.get("measures", {"observation": [{"id": "OBS_VALUE"}]})["observation"]
    ]
    above = _attributes(attributes["dataSet"], dataset.get("attributes", []))
    groups = {
        key.rstrip(":"): _attributes(attributes["dimensionGroup"], values)
        for key, values in dataset.get("dimensionGroupAttributes", {}).items()
    }
    series = dataset.get("series", {"": {"observations": dataset.get("observations", {})}})
    for key, content in series.items():
        own = _key(dimensions["series"], key)
        own |= _attributes(attributes["series"], content.get("attributes", []))
        if "observations" not in content:
            yield {**above, **own}
        for place, values in content.get("observations", {}).items():
            row = {**above, **own, **_key(dimensions["observation"], place)}
            row |= {m: v or "NaN" for m, v in zip(measures, values, strict=False)}
            row |= _attributes(attributes["observation"], values[len(measures) :])
            yield row | groups.get(place.rpartition(":")[0], {})


def _value(value: dict[str, Any]) -> str:
    several = value.get("values", [value.get("id", value.get("value", value.get("name")))])
    return SEVERAL.join({True: "true", False: "false"}.get(v, v) for v in several)


def _key(dimensions: list[dict[str, Any]], key: str) -> Found:
    return {
        d["id"]: _value(d["values"][int(n)])
        for d, n in zip(dimensions, key.split(":"), strict=bool(key))
        if key
    }


def _attributes(attributes: list[dict[str, Any]], places: list[Any]) -> Found:
    found = {}
    for attribute, place in zip(attributes, places, strict=bool(places)):
        if place is not None:
            several = place if isinstance(place, list) else [place]
            found[attribute["id"]] = SEVERAL.join(_value(attribute["values"][int(n)]) for n in several)
    return found


# -- SDMX-ML ----------------------------------------------------------------------------------


def structure_specific(document: bytes) -> list[Found]:
    """Structure-specific SDMX-ML; group attributes at the observations that the group's key is in."""
    root = etree.fromstring(document)
    rows = []
    for dataset in root.findall("{*}DataSet"):
        above = _specific(dataset)
        for atts in dataset.findall("Atts"):
            above |= _specific(atts)
        found = [{**above, **_specific(obs)} for obs in dataset.findall("Obs")]
        for series in dataset.findall("Series"):
            own = {**above, **_specific(series)}
            found += [{**own, **_specific(obs)} for obs in series.findall("Obs")] or [own]
        groups = [_specific(group) for group in dataset.findall("Group")]
        rows += [{**_about(root, dataset), **_with_groups(row, groups)} for row in found]
    return rows


def _specific(element: etree._Element) -> Found:
    several = {c.get("id"): SEVERAL.join(v.text for v in c.findall("Value")) for c in element.findall("Comp")}
    return {**{k: v for k, v in element.attrib.items() if not k.startswith("{")}, **several}


def _about(root: etree._Element, dataset: etree._Element) -> Found:
    """The attributes of a data set have a namespace in structure-specific messages, none in generic."""
    given = {etree.QName(name).localname: value for name, value in dataset.attrib.items()}
    found = {"ACTION": given["action"]}
    for structure in root.findall("{*}Header/{*}Structure"):
        if structure.get("structureID") == given["structureRef"]:
            found["STRUCTURE"] = _reference(structure[0])
    dates = (("VALID_FROM", "validFromDate"), ("VALID_TO", "validToDate"))
    return found | {name: given[key] for name, key in dates if key in given}


def _reference(element: etree._Element) -> str:
    kinds = {"StructureUsage": "dataflow", "Structure": "datastructure"}
    kind = kinds.get(etree.QName(element).localname, "provisionagreement")
    if element.text:
        return _structure(element.text)
    ref = element.find("Ref")
    return f"{kind} {ref.get('agencyID')}:{ref.get('id')}({ref.get('version')})"


def generic(document: bytes) -> list[Found]:
    """Generic SDMX-ML 2.1."""
    root = etree.fromstring(document)
    rows = []
    for dataset in root.findall("{*}DataSet"):
        above = _values(dataset, "Attributes")
        found = [{**above, **_generic(obs)} for obs in dataset.findall("{*}Obs")]
        for series in dataset.findall("{*}Series"):
            own = {**above, **_values(series, "SeriesKey"), **_values(series, "Attributes")}
            found += [{**own, **_generic(obs)} for obs in series.findall("{*}Obs")] or [own]
        groups = [_values(g, "GroupKey") | _values(g, "Attributes") for g in dataset.findall("{*}Group")]
        rows += [{**_about(root, dataset), **_with_groups(row, groups)} for row in found]
    return rows


def _values(element: etree._Element, name: str) -> Found:
    return {v.get("id"): v.get("value") for v in element.findall(f"{{*}}{name}/{{*}}Value")}


def _generic(obs: etree._Element) -> Found:
    row = _values(obs, "ObsKey") | _values(obs, "Attributes")
    for dimension in obs.findall("{*}ObsDimension"):
        row[dimension.get("id")] = dimension.get("value")
    for value in obs.findall("{*}ObsValue"):
        row["OBS_VALUE"] = value.get("value")
    return row


def _with_groups(row: Found, groups: list[Found]) -> Found:
    for group in groups:
        if all(row.get(name) == group[name] for name in GROUP):
            row = {**group, **row}
    return row
