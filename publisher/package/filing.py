"""The `sdmx` property of a descriptor, looked up in the registry: provider, dataflow, action, scope.

    package:  "sdmx": {"dataProvider": "…", "release": "2025-10", "releaseDate": "2025-10-09T12:00:00+08:00"}
    resource: "sdmx": {"dataflow": "AGENCY:ID(1.0.0)", "action": "Replace", "scope": {"FREQ": ["M"]},
                       "fixed": {"AGE": "_T"}}
    with "labels": "both", as SDMX-CSV has it, cells may show a code with its name: `M: Male`
    of a national table: {"map": "PROVIDER/table", "variables": {"year": "2023"}}; its map says the dataflows

What a resource does not say is taken from the package.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from publisher.errors import LmisError
from publisher.package import dialects, harmonise, marks
from publisher.package.descriptor import paths
from publisher.package.findings import Findings, nearest, quoted
from publisher.package.gate import DESCRIPTOR
from publisher.package.plan import ACTIONS, Dialect, Filing, Plan, Table
from publisher.structures.definition import Definition
from publisher.structures.model import DataProviderScheme
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref

_FLOW = re.compile(r"(?P<agency>[A-Za-z0-9_.\-]+):(?P<id>[A-Za-z0-9_@$\-]+)\((?P<version>[^()]+)\)")
_RELEASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]{0,63}")


def plan(raw: Mapping[str, Any], registry: Registry, findings: Findings) -> Plan:
    """What the package files; with findings, and then incomplete, where it cannot be understood."""
    common = _mapping(raw.get("sdmx"), "sdmx", findings)
    provider = _text(common, "dataProvider", findings)
    release = _text(common, "release", findings)
    if release and not _RELEASE.fullmatch(release):
        _bad("sdmx.release", release, "letters, digits, . _ - (at most 64)", findings)
    if provider:
        _known_provider(provider, registry, findings)
    by_flow = _by_flow(raw, common, registry, findings)
    if not by_flow and not findings.fatal:
        findings.add("no-data", "no resource has a dataflow", file=DESCRIPTOR, column="resources")
    filings = [_filing(flow, parts, provider, registry, findings) for flow, parts in by_flow.items()]
    return Plan(provider, release, _instant(common, findings), tuple(f for f in filings if f))


_Parts = list[tuple[str, Mapping[str, Any], Mapping[str, Any]]]  # where, resource, its sdmx


def _by_flow(
    raw: Mapping[str, Any], common: Mapping[str, Any], registry: Registry, findings: Findings
) -> dict[str, _Parts]:
    """Dataflow → the resources that file it; a national table may file several."""
    by_flow: dict[str, _Parts] = {}
    for number, resource in enumerate(raw["resources"]):
        where = f"resources[{number}].sdmx"
        own = {**common, **_mapping(resource.get("sdmx"), where, findings)}
        if "map" in own:
            place = {"file": DESCRIPTOR, "column": f"{where}.map"}
            layout = harmonise.find(str(own["map"]), registry.folders, place, findings)
            for flow in layout.dataflows if layout else ():
                by_flow.setdefault(flow, []).append((where, resource, {**own, "layout": layout}))
        elif "dataflow" in own:
            by_flow.setdefault(str(own["dataflow"]), []).append((where, resource, own))
        elif _is_tabular(resource):
            findings.add(
                "sdmx-missing",
                f"resource {quoted(str(resource['name']))} does not say its dataflow",
                file=DESCRIPTOR,
                column=f"{where}.dataflow",
            )
    return by_flow


def _is_tabular(resource: Mapping[str, Any]) -> bool:
    """Other resources (a note, a questionnaire) travel with the package and are not observations."""
    return "schema" in resource or any(
        path.lower().endswith((".csv", ".tsv", ".parquet")) for path in paths(resource)
    )


def _mapping(value: Any, where: str, findings: Findings) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    if value is not None:
        _bad(where, str(value), "an object {…}", findings)
    return {}


def _text(common: Mapping[str, Any], name: str, findings: Findings) -> str:
    value = common.get(name)
    if value is None or value == "":
        findings.add(
            "sdmx-missing", f"the package does not say its {name}", file=DESCRIPTOR, column=f"sdmx.{name}"
        )
        return ""
    if not isinstance(value, str):
        _bad(f"sdmx.{name}", str(value), "a text", findings)
        return ""
    return value


def _bad(where: str, value: str, allowed: str, findings: Findings, code: str = "sdmx-invalid") -> None:
    findings.add(
        code, f"{quoted(value)} cannot be used", file=DESCRIPTOR, column=where, value=value, allowed=allowed
    )


def _instant(common: Mapping[str, Any], findings: Findings) -> datetime | None:
    value = common.get("releaseDate")
    if value is None:
        return None
    try:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise ValueError
    except (TypeError, ValueError):
        allowed = "date, time and zone, as 2025-10-09T12:00:00+08:00"
        _bad("sdmx.releaseDate", str(value), allowed, findings)
        return None
    return instant


def _known_provider(provider: str, registry: Registry, findings: Findings) -> None:
    schemes = registry.find("dataproviderscheme")
    known = [item for s in schemes if isinstance(s, DataProviderScheme) for item in s.items]
    if provider not in known:
        findings.add(
            "provider-unknown",
            f"{quoted(provider)} is no data provider",
            file=DESCRIPTOR,
            column="sdmx.dataProvider",
            value=provider,
            allowed=nearest(provider, known),
        )


def _filing(
    flow: str,
    parts: _Parts,
    provider: str,
    registry: Registry,
    findings: Findings,
) -> Filing | None:
    where = parts[0][0]
    definition = _definition(flow, where, registry, findings)
    if definition is None:
        return None
    actions = [_action(w, o, findings) for w, _, o in parts]
    scopes = [_scope(w, o, definition, findings) for w, _, o in parts]
    for (w, _, _), action, scope in zip(parts, actions, scopes, strict=True):
        if (action, scope) != (actions[0], scopes[0]):
            findings.add(
                "action-conflict",
                f"action or scope differs from {where} of the same dataflow",
                file=DESCRIPTOR,
                column=w,
                value=action,
            )
    ref, structure = definition.dataflow.ref, definition.structure.ref
    in_dataflow = registry.allowed(ref, structure)
    in_agreement = _agreed(ref, provider, where, registry, findings)
    limits = (in_dataflow, in_agreement)
    tables = tuple(_table(w, r, o, definition, limits, findings) for w, r, o in parts)
    return Filing(definition, actions[0], scopes[0], tables, in_dataflow, in_agreement)


def _definition(flow: str, where: str, registry: Registry, findings: Findings) -> Definition | None:
    place: dict[str, Any] = {"file": DESCRIPTOR, "column": f"{where}.dataflow", "value": flow}
    match = _FLOW.fullmatch(flow)
    try:
        if match:
            return registry.definition(Ref("dataflow", match["agency"], match["id"], match["version"]))
    except LmisError:
        pass
    known = [artefact.ref.short for artefact in registry.find("dataflow")]
    findings.add("dataflow-unknown", f"{quoted(flow)} is no dataflow", allowed=nearest(flow, known), **place)
    return None


def _agreed(
    ref: Ref, provider: str, where: str, registry: Registry, findings: Findings
) -> Mapping[str, frozenset[str]]:
    agreements = registry.agreements(ref)
    mine = [a.ref for a in agreements if a.provider and a.provider.item == provider]
    if not mine and provider:
        others = ", ".join(sorted(a.provider.item or "" for a in agreements if a.provider)) or "nobody"
        findings.add(
            "no-agreement",
            f"{quoted(provider)} has no provision agreement for {ref.short}",
            file=DESCRIPTOR,
            column=f"{where}.dataflow",
            value=ref.short,
            allowed=others,
        )
    return registry.allowed(*mine) if mine else {}


def _action(where: str, own: Mapping[str, Any], findings: Findings) -> str:
    action = own.get("action", "Replace")
    if action not in ACTIONS:
        _bad(f"{where}.action", str(action), ", ".join(ACTIONS), findings, "action-unknown")
        return "Replace"
    return str(action)


def _scope(
    where: str, own: Mapping[str, Any], definition: Definition, findings: Findings
) -> Mapping[str, tuple[str, ...]]:
    scope = {}
    for name, codes in _mapping(own.get("scope"), f"{where}.scope", findings).items():
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            _bad(f"{where}.scope.{name}", str(codes), "a list of codes", findings, "scope-invalid")
            continue
        for code in codes:
            _code(name, code, f"{where}.scope", definition, findings, "scope-invalid")
        scope[name] = tuple(sorted(set(codes)))
    return scope


def _code(name: str, code: str, where: str, definition: Definition, findings: Findings, finding: str) -> bool:
    """Whether `name` is a dimension other than time and `code` one of its codes."""
    dimensions = {d.id: d for d in definition.dimensions}
    if name not in dimensions:
        _bad(where, name, nearest(name, dimensions), findings, finding)
        return False
    codes = dimensions[name].codes
    if codes is not None and code not in codes.items:
        _bad(f"{where}.{name}", code, nearest(code, codes.items), findings, finding)
        return False
    return True


def _table(
    where: str,
    resource: Mapping[str, Any],
    own: Mapping[str, Any],
    definition: Definition,
    limits: tuple[Mapping[str, frozenset[str]], ...],
    findings: Findings,
) -> Table:
    fixed = {}
    for name, code in _mapping(own.get("fixed"), f"{where}.fixed", findings).items():
        if not _code(name, str(code), f"{where}.fixed", definition, findings, "fixed-invalid"):
            continue
        for limit in limits:
            if str(code) not in limit.get(name, {code}):
                allowed = nearest(str(code), sorted(limit[name]))
                _bad(f"{where}.fixed.{name}", str(code), allowed, findings, "fixed-invalid")
        fixed[name] = str(code)
    if own.get("labels", "id") not in _LABELS:
        _bad(f"{where}.labels", str(own["labels"]), ", ".join(_LABELS), findings)
    schema = resource.get("schema") or {}
    files, place = paths(resource), where.removesuffix(".sdmx")
    format_ = dialects.format_of(place, resource, files, findings)
    dialect = dialects.dialect_of(
        f"{place}.dialect", resource.get("dialect") or {}, format_ or "csv", findings
    )
    numbers = dialects.number_forms(place, schema, findings)
    sdmx = (format_ or "").startswith("sdmx-")  # their headers are the standard's
    return Table(
        resource=str(resource["name"]),
        files=tuple(files) if format_ and dialect else (),
        format=format_ or "csv",
        dialect=dialect or Dialect(),
        encoding=str(resource.get("encoding") or "utf-8"),
        missing=_missing(schema) + (marks.IN_SDMX if sdmx else ()),
        fields=tuple(str(f["name"]) for f in schema["fields"]) if "fields" in schema and not sdmx else None,
        match=_match(schema),
        fixed=fixed,
        numbers=numbers,
        dates=dialects.date_forms(schema),
        patterns=dialects.patterns(schema),
        labelled=own.get("labels") == "both",
        layout=own.get("layout"),
        variables=_mapping(own.get("variables"), f"{where}.variables", findings),
    )


_LABELS = ("id", "both")


def _missing(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """`missingValues`: texts, or objects with a value and a label (v2)."""
    given = schema.get("missingValues", [""])
    return tuple(m if isinstance(m, str) else str(m.get("value")) for m in given)


def _match(schema: Mapping[str, Any]) -> str:
    """`fieldsMatch`: a string in the text of v2, a list of one in its profile."""
    match = schema.get("fieldsMatch", "exact")
    return str(match[0] if isinstance(match, list) and match else match)
