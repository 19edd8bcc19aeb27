"""Small readers of data messages, one per format: observations as dictionaries of what they say."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

from lxml import etree

Found = dict[str, str]
MISSING = ("NaN", "#N/A")


def sdmx_csv(document: bytes) -> list[Found]:
    """SDMX-CSV 2.0 or 1.0 with `labels=id`; several values joined by `;`."""
    rows = csv.DictReader(io.StringIO(document.decode(), newline=""), strict=True)
    return [{k.removesuffix("[]"): v for k, v in row.items() if v != ""} for row in rows]


def sdmx_json(document: bytes) -> list[Found]:
    """SDMX-JSON 2.1, 2.0 or 1.0: indexes looked up; several values joined by `;`."""
    message = json.loads(document, parse_float=str, parse_int=lambda text: text)
    data = message["data"]
    structures = data.get("structures") or [data["structure"]]
    return [
        row
        for dataset in data["dataSets"]
        for row in _json_rows(structures[int(dataset.get("structure", 0))], dataset)
    ]


def _json_rows(structure: dict, dataset: dict) -> Iterator[Found]:
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


def _value(value: dict) -> str:
    several = value.get("values")
    return ";".join(several) if several else value.get("id", value.get("value", value.get("name")))


def _key(dimensions: list[dict], key: str) -> Found:
    return {
        d["id"]: _value(d["values"][int(n)])
        for d, n in zip(dimensions, key.split(":"), strict=bool(key))
        if key
    }


def _attributes(attributes: list[dict], places: list) -> Found:
    found = {}
    for attribute, place in zip(attributes, places, strict=bool(places)):
        if place is not None:
            several = place if isinstance(place, list) else [place]
            found[attribute["id"]] = ";".join(_value(attribute["values"][int(n)]) for n in several)
    return found


def structure_specific(document: bytes) -> list[Found]:
    """Structure-specific SDMX-ML; group attributes at the observations that the group's key is in."""
    root = etree.fromstring(document)
    rows = []
    for dataset in root.findall("{*}DataSet"):
        above = {k: v for k, v in dataset.attrib.items() if not k.startswith("{")}
        for atts in dataset.findall("Atts"):
            above |= dict(atts.attrib)
        found = [{**above, **_specific(obs)} for obs in dataset.findall("Obs")]
        for series in dataset.findall("Series"):
            own = {**above, **_specific(series)}
            found += [{**own, **_specific(obs)} for obs in series.findall("Obs")] or [own]
        groups = [
            {k: v for k, v in g.attrib.items() if not k.startswith("{")} for g in dataset.findall("Group")
        ]
        rows += [_with_groups(row, groups) for row in found]
    return rows


def _specific(element: etree._Element) -> Found:
    several = {c.get("id"): ";".join(v.text for v in c.findall("Value")) for c in element.findall("Comp")}
    return {**element.attrib, **several}


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
        rows += [_with_groups(row, groups) for row in found]
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
        if all(row.get(name) == group[name] for name in ("REF_AREA", "SEX")):
            row = {**group, **row}
    return row
