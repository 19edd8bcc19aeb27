"""datapackage.json: read behind the gate, judged by frictionless, never followed to the network.

Source: Data Package v2 (datapackage.org), Table Dialect, Table Schema; v1 descriptors are read too.
"""

from __future__ import annotations

import copy
import re
import tarfile
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from publisher.package import jsontext, names, remote, titles
from publisher.package.findings import Findings, quoted
from publisher.package.gate import DESCRIPTOR, Owned, Refused

# What frictionless may see. It loads pipelines, checklists and profiles from where they point, so
# it gets only what describes the data.
_PACKAGE = (
    "name",
    "id",
    "title",
    "description",
    "homepage",
    "licenses",
    "sources",
    "contributors",
    "keywords",
    "version",
    "created",
)
_RESOURCE = (
    "name",
    "type",
    "title",
    "description",
    "path",
    "format",
    "mediatype",
    "encoding",
    "bytes",
    "hash",
    "licenses",
    "sources",
    "schema",
    "dialect",
)
_PROFILES = {"data-package", "tabular-data-package", "data-resource", "tabular-data-resource"}  # v1 names
_VERSION_2 = "https://datapackage.org/profiles/2."
_TYPES: dict[str, type | tuple[type, ...]] = {
    "name": str, "path": (str, list), "profile": str, "schema": (str, dict), "dialect": (str, dict),
    "encoding": str, "hash": str, "bytes": int, "languages": list, "i18n": dict,
}  # fmt: skip
_SHEET = ("sheetName", "sheetNumber")
MAX_SHEETS = 16  # of one workbook that are tables: each of them reads it once
_SHA256 = re.compile(r"sha256:[0-9a-fA-F]{64}")


@dataclass(frozen=True)
class Descriptor:
    """The descriptor as `delivered`, and `complete`: with its schema and dialect files put in."""

    delivered: Mapping[str, Any]
    complete: Mapping[str, Any]


def load(owned: Owned, findings: Findings) -> Descriptor | None:
    """datapackage.json of the package, or None with findings."""
    raw = _json(owned, DESCRIPTOR, findings)
    if raw is None or not _shape(raw, findings):
        return None
    references = list(_references(raw))
    if not all([_is_inside(where, value, owned.hosts, findings) for where, value in references]):
        return None
    _once(raw["resources"], findings)
    resources = _inlined(owned, raw["resources"], findings)
    complete = {**raw, "resources": resources}
    _fields(resources, findings)
    if not findings.fatal:
        _frictionless(complete, findings)
    return None if findings.fatal else Descriptor(raw, complete)


def _once(resources: list[dict[str, Any]], findings: Findings) -> None:
    """A file or sheet belongs to one resource: read a thousand times, a small one would last for hours."""
    uses: dict[str, list[Any]] = {}
    for resource in resources:
        dialect = resource.get("dialect")
        sheet = [dialect.get(name) for name in _SHEET] if isinstance(dialect, dict) else []
        for name in paths(resource):
            uses.setdefault(name, []).append(sheet)
    for name, sheets in sorted(uses.items()):
        if len(sheets) > MAX_SHEETS or any(sheets.count(sheet) > 1 for sheet in sheets):
            findings.add("descriptor-invalid", f"{quoted(name)} is used twice", file=DESCRIPTOR, value=name)


def _fields(resources: list[dict[str, Any]], findings: Findings) -> None:
    """Fields are objects: frictionless takes a text for the path or address of a descriptor, and opens it."""
    for number, resource in enumerate(resources):
        schema = resource.get("schema")
        fields = schema.get("fields", []) if isinstance(schema, dict) else []
        if not isinstance(fields, list) or not all(isinstance(field, dict) for field in fields):
            where, note = f"resources[{number}].schema.fields", "the value must be a list of objects"
            findings.add("descriptor-invalid", note, file=DESCRIPTOR, column=where, value=str(fields))


def _inlined(owned: Owned, resources: list[dict[str, Any]], findings: Findings) -> list[dict[str, Any]]:
    """The resources with their schema and dialect files put in; each file is read once."""
    named = [
        (at, name, resource[name])
        for at, resource in enumerate(resources)
        for name in ("schema", "dialect")
        if isinstance(resource.get(name), str)
    ]
    read = {file: _json(owned, file, findings) for file in dict.fromkeys(file for _, _, file in named)}
    if sum(owned.sizes.get(file, 0) for _, _, file in named) > jsontext.MAX_BYTES:
        note = f"its schemas and dialects have more than {jsontext.MAX_BYTES >> 20} MiB"
        findings.add("too-large", note, file=DESCRIPTOR)
        return []
    complete = [dict(resource) for resource in resources]
    for at, name, file in named:
        complete[at][name] = read[file]
    return complete


def _json(owned: Owned, name: str, findings: Findings) -> dict[str, Any] | None:
    if (copy := _take(owned, name, findings)) is None:
        return None
    return jsontext.read(copy, name, findings)


def _take(owned: Owned, name: str, findings: Findings) -> bytes | None:
    if name not in owned.names and not names.is_remote(name):
        findings.add("file-missing", f"the package has no file {quoted(name)}", file=DESCRIPTOR, value=name)
        return None
    try:
        return owned.take(name)
    except Refused as exc:
        findings.add(exc.code, str(exc), file=name)
    except (
        OSError,
        EOFError,
        ValueError,
        zipfile.BadZipFile,
        tarfile.TarError,
        zlib.error,
        RuntimeError,
    ) as exc:
        findings.add("file-missing", f"{quoted(name)} cannot be read: {exc}", file=name)
    return None


def _shape(raw: dict[str, Any], findings: Findings) -> bool:
    """Whether what we read ourselves has the types that Data Package gives it."""
    resources = raw.get("resources")
    if not isinstance(resources, list) or not all(isinstance(resource, dict) for resource in resources):
        note = "'resources' must be a list of objects, one for each table"
        findings.add("descriptor-invalid", note, file=DESCRIPTOR, column="resources")
        return False
    places = {f"resources[{number}].{name}": (resource.get(name), kinds)
              for number, resource in enumerate(resources) for name, kinds in _TYPES.items()}  # fmt: skip
    name = raw.get("name")
    if name is not None and (not isinstance(name, str) or "/" in name or names.fault(name)):
        note = "the package's name must be the name of a folder: letters, digits, . _ -"
        findings.add("descriptor-invalid", note, file=DESCRIPTOR, column="name", value=str(name))
        return False
    places |= {"profile": (raw.get("profile"), str), "$schema": (raw.get("$schema"), str)}
    dialects = [(n, resource.get("dialect")) for n, resource in enumerate(resources)]
    places |= {
        f"resources[{n}].dialect.csv": (d.get("csv"), dict) for n, d in dialects if isinstance(d, dict)
    }
    right = True
    for where, (value, kinds) in places.items():
        strange = isinstance(value, list) and not all(isinstance(item, str) for item in value)
        if value is not None and (strange or isinstance(value, bool) or not isinstance(value, kinds)):
            note = "the value is of another type than Data Package says"
            findings.add("descriptor-invalid", note, file=DESCRIPTOR, column=where, value=str(value))
            right = False
    for where, value in titles.faults(raw):
        note = "the value must be texts by language"
        findings.add("descriptor-invalid", note, file=DESCRIPTOR, column=where, value=str(value))
        right = False
    return right


def _references(raw: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every place where a descriptor could name another file; `$schema` only identifies (v2)."""
    yield from (("profile", p) for p in [raw.get("profile")] if isinstance(p, str) and p not in _PROFILES)
    for number, resource in enumerate(raw["resources"]):
        for name in ("profile", "schema", "dialect"):
            value = resource.get(name)
            if isinstance(value, str) and not (name == "profile" and value in _PROFILES):
                yield f"resources[{number}].{name}", value
        for path in paths(resource):
            yield f"resources[{number}].path", path
        schema = resource.get("schema")
        for target in _foreign(schema if isinstance(schema, dict) else {}):
            yield f"resources[{number}].schema.foreignKeys", target


def _foreign(schema: Mapping[str, Any]) -> Iterator[str]:
    """Other places that foreign keys name; nothing follows them, and nothing is to be left that could."""
    keys = schema.get("foreignKeys")
    for key in keys if isinstance(keys, list) else ():
        reference = key.get("reference") if isinstance(key, dict) else None
        values = reference.values() if isinstance(reference, dict) else ()
        yield from (value for value in values if isinstance(value, str) and names.is_remote(value))


def paths(resource: Mapping[str, Any]) -> list[str]:
    """The files of a resource; `path` is a string or, for parts of one table, a list."""
    path = resource.get("path")
    return [path] if isinstance(path, str) else [p for p in path or [] if isinstance(p, str)]


def _is_inside(where: str, value: str, hosts: Sequence[str], findings: Findings) -> bool:
    place: dict[str, Any] = {"file": DESCRIPTOR, "column": where, "value": value}
    if where.endswith(".path") and remote.is_allowed(value, hosts):
        return True
    if names.is_remote(value):
        findings.add("remote-reference", f"{quoted(value)} is not in the package", **place)
    elif reason := names.fault(value):
        findings.add("unsafe-name", f"{quoted(value)} cannot be a file of a package: {reason}", **place)
    else:
        return True
    return False


def _frictionless(raw: dict[str, Any], findings: Findings) -> None:
    """frictionless' judgement on everything that is Data Package in the descriptor."""
    from frictionless import FrictionlessException, Package

    for resource in raw["resources"]:
        if "data" in resource:
            findings.add(
                "inline-data",
                f"resource {quoted(str(resource.get('name')))} has its rows in 'data'",
                file=DESCRIPTOR,
                value=str(resource.get("name")),
            )
            return
    common = {"languages": raw.get("languages")}
    seen = {name: value for name, value in titles.plain(raw).items() if name in _PACKAGE}
    if str(raw.get("$schema", "")).startswith(_VERSION_2):
        seen["$schema"] = _VERSION_2 + "0/datapackage.json"
    described = [titles.plain({**common, **resource}) for resource in raw["resources"]]
    seen["resources"] = [{k: r[k] for k in _RESOURCE if k in r} for r in described]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # deprecations of frictionless' own older forms
            Package.from_descriptor(copy.deepcopy(seen))  # it changes what it is given
    except FrictionlessException as exc:
        for error in exc.reasons or [exc.error]:
            findings.add("descriptor-invalid", f"frictionless says: {error.note}", file=DESCRIPTOR)
    except Exception as exc:  # it trips over values of another type than it expects
        findings.add("descriptor-invalid", f"a property has a value of another type ({exc})", file=DESCRIPTOR)


def take_file(owned: Owned, resource: Mapping[str, Any], name: str, findings: Findings) -> bytes | None:
    """The bytes of a file of `resource`, after comparing them with its declared `hash` and `bytes`."""
    data = _take(owned, name, findings)
    if data is None or len(paths(resource)) != 1:
        return data
    declared, size = resource.get("hash"), resource.get("bytes")
    if isinstance(declared, str) and not _SHA256.fullmatch(declared):
        findings.add(
            "hash-unsupported", f"hash {quoted(declared)} is not a sha256", file=name, value=declared
        )
    elif isinstance(declared, str) and declared[7:].lower() != owned.sha256[name]:
        note = f"the file has the sha256 {owned.sha256[name]}, not the declared one"
        findings.add("hash-mismatch", note, file=name, value=declared)
    if isinstance(size, int) and size != len(data):
        findings.add("bytes-mismatch", f"the file has {len(data)} bytes", file=name, value=str(size))
    return data
