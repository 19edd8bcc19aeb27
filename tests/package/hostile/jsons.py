"""JSON that two readers read as two things, and values of another type at each place of a descriptor."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.package import made
from tests.package.hostile.case import Case, descriptor, write
from tests.package.hostile.descriptors import text

BOM = "\ufeff"
SYNTAX: dict[str, str | bytes] = {
    "truncated": '{"name": "a", "resources": [',
    "one bracket": "{",
    "two marks of byte order": BOM + BOM + '{"name": "a"}',
    "a mark of byte order inside": '{"name": ' + BOM + '"a"}',
    "UTF-32": '{"name": "a"}'.encode("utf-32"),
    "UTF-16 without a mark": '{"name": "a"}'.encode("utf-16-le"),
    "cp1252": '{"title": "Emploi salarié"}'.encode("cp1252"),
    "surrogates as UTF-8 (CESU-8)": b'{"name": "\xed\xa0\xbd\xed\xb8\x80"}',
    "UTF-8 cut in a letter": '{"name": "é'.encode()[:-1] + b'"}',
    "beyond Unicode": b'{"name": "\xf4\x90\x80\x80"}',
    "line end in a string": '{"name": "a\nb"}',
    "tab in a string": '{"name": "a\tb"}',
    "escape unknown": '{"name": "\\x41"}',
    "escape cut": '{"name": "\\u12"}',
    "octal": '{"bytes": 010}',
    "hexadecimal": '{"bytes": 0x10}',
    "plus": '{"bytes": +1}',
    "dot first": '{"bytes": .5}',
    "dot last": '{"bytes": 1.}',
    "underscore": '{"bytes": 1_000}',
    "full-width digits": '{"bytes": \uff11}',
    "minus alone": '{"bytes": -}',
    "exponent cut": '{"bytes": 1e}',
    "NaN deep inside": '{"resources": [{"bytes": NaN}]}',
    "Infinity": '{"resources": [{"bytes": Infinity}]}',
    "nan": '{"bytes": nan}',
    "True": '{"profile": True}',
    "None": '{"profile": None}',
    "undefined": '{"profile": undefined}',
    "no-break space": '{\u00a0"name": "a"}',
    "vertical tab": '{\v"name": "a"}',
    "form feed": '{\f"name": "a"}',
    "line comment": '{"name": "a" // b\n}',
    "name without marks": '{name: "a"}',
    "no colon": '{"name" "a"}',
    "no comma": '{"name": "a" "title": "b"}',
    "comma first": '{, "name": "a"}',
    "two commas": '{"resources": [1,,2]}',
    "brackets crossed": '{"resources": [}]',
    "text after": '{"name": "a"} x',
    "digits of five thousand": '{"bytes": ' + "9" * 5_000 + "}",
    "nested by one too deep": '{"a":' * 32 + "{}" + "}" * 32,
    "lists nested by one too deep": '{"a":' + "[" * 32 + "]" * 32 + "}",
}
TWICE = {
    "at the top": '{"name": "a", "resources": [], "name": "a"}',
    "in a resource": '{"resources": [{"path": "a", "path": "b"}]}',
    "in a field": '{"resources": [{"schema": {"fields": [{"name": "a", "name": "b"}]}}]}',
    "null and a value": '{"name": null, "name": "a"}',
    "the empty name": '{"": 1, "": 2}',
    "by an escaped slash": '{"a/b": 1, "a\\/b": 2}',
    "three times": '{"x": 1, "x": 2, "x": 3}',
}

# Values of every type, and which of them each place takes; at every place all others are refused.
VALUES: dict[str, Any] = {
    "null": None, "flag": True, "whole": 7, "number": 1.5, "endless": 1e999, "text": "x", "list": [],
    "object": {}, "numbers": [1], "nested": {"a": {"b": [1]}},
}  # fmt: skip
RESOURCE = ("resources", 0)
SCHEMA, FIELD = (*RESOURCE, "schema"), (*RESOURCE, "schema", "fields", made.NAMES.index("OBS_VALUE"))
NOTE = (*RESOURCE, "schema", "fields", made.NAMES.index("COMMENT_OBS"))
# place → the code, and the types of VALUES that are no error of type there
TYPES: dict[tuple[Any, ...], tuple[str, str]] = {
    ("name",): ("descriptor-invalid", "text"),
    ("title",): ("descriptor-invalid", "text object"),
    ("description",): ("descriptor-invalid", "text object"),
    ("version",): ("descriptor-invalid", "text"),
    ("created",): ("descriptor-invalid", ""),
    ("homepage",): ("descriptor-invalid", "text"),
    ("languages",): ("descriptor-invalid", "list"),
    ("keywords",): ("descriptor-invalid", "list"),
    ("licenses",): ("descriptor-invalid", "list"),
    ("sources",): ("descriptor-invalid", "list"),
    ("contributors",): ("descriptor-invalid", "list"),
    ("profile",): ("descriptor-invalid", "null text"),
    ("$schema",): ("descriptor-invalid", "null text"),
    ("resources",): ("descriptor-invalid", "list"),
    RESOURCE: ("descriptor-invalid", ""),
    (*RESOURCE, "name"): ("descriptor-invalid", "text"),
    (*RESOURCE, "path"): ("descriptor-invalid", "text"),
    (*RESOURCE, "title"): ("descriptor-invalid", "text object"),
    (*RESOURCE, "languages"): ("descriptor-invalid", "null list"),
    (*RESOURCE, "i18n"): ("descriptor-invalid", "null object nested"),
    (*RESOURCE, "schema"): ("descriptor-invalid", "text"),
    (*RESOURCE, "dialect"): ("descriptor-invalid", "text object"),
    (*RESOURCE, "encoding"): ("descriptor-invalid", "text"),
    (*RESOURCE, "hash"): ("descriptor-invalid", "text"),
    (*RESOURCE, "bytes"): ("descriptor-invalid", "null whole"),
    (*RESOURCE, "format"): ("descriptor-invalid", "text"),
    (*RESOURCE, "mediatype"): ("descriptor-invalid", "text"),
    (*SCHEMA, "fields"): ("descriptor-invalid", "list"),
    (*SCHEMA, "missingValues"): ("descriptor-invalid", "list"),
    (*SCHEMA, "fieldsMatch"): ("descriptor-invalid", ""),
    (*SCHEMA, "primaryKey"): ("descriptor-invalid", "list"),
    (*SCHEMA, "foreignKeys"): ("descriptor-invalid", "list"),
    FIELD: ("descriptor-invalid", ""),
    (*FIELD, "name"): ("descriptor-invalid", "text"),
    (*FIELD, "type"): ("descriptor-invalid", ""),
    (*FIELD, "format"): ("descriptor-invalid", "text"),
    (*FIELD, "constraints"): ("descriptor-invalid", "object"),
    (*FIELD, "decimalChar"): ("descriptor-invalid", ""),
    (*FIELD, "groupChar"): ("descriptor-invalid", ""),
    (*NOTE, "constraints", "pattern"): ("descriptor-invalid", "text"),
    (*RESOURCE, "dialect", "delimiter"): ("descriptor-invalid", "null text"),
    (*RESOURCE, "dialect", "quoteChar"): ("descriptor-invalid", "null text"),
    (*RESOURCE, "dialect", "doubleQuote"): ("descriptor-invalid", "null flag"),
    (*RESOURCE, "dialect", "escapeChar"): ("descriptor-invalid", "null text"),
    (*RESOURCE, "dialect", "commentChar"): ("descriptor-invalid", "text"),
    (*RESOURCE, "dialect", "header"): ("descriptor-invalid", "flag"),
    (*RESOURCE, "dialect", "headerJoin"): ("descriptor-invalid", "text"),
    (*RESOURCE, "dialect", "headerRows"): ("descriptor-invalid", "list numbers"),
    (*RESOURCE, "dialect", "csv"): ("descriptor-invalid", "null object nested"),
    ("sdmx",): ("sdmx-missing", ""),
    ("sdmx", "dataProvider"): ("sdmx-invalid", "null text"),
    ("sdmx", "release"): ("sdmx-invalid", "null text"),
    ("sdmx", "releaseDate"): ("sdmx-invalid", "null"),
    ("sdmx", "accepted"): ("sdmx-invalid", "list"),
    ("sdmx", "action"): ("action-unknown", ""),
    (*RESOURCE, "sdmx"): ("sdmx-missing", ""),
    (*RESOURCE, "sdmx", "dataflow"): ("dataflow-unknown", ""),
    (*RESOURCE, "sdmx", "action"): ("action-unknown", ""),
    (*RESOURCE, "sdmx", "map"): ("map-unknown", ""),
    (*RESOURCE, "sdmx", "labels"): ("sdmx-invalid", ""),
    (*RESOURCE, "sdmx", "variables"): ("sdmx-invalid", "null object nested"),
    (*RESOURCE, "sdmx", "scope"): ("sdmx-invalid", "null object nested"),
    (*RESOURCE, "sdmx", "scope", "AREA"): ("scope-invalid", "list"),
    (*RESOURCE, "sdmx", "fixed"): ("sdmx-invalid", "null object nested"),
    (*RESOURCE, "sdmx", "fixed", "AREA"): ("fixed-invalid", ""),
}  # fmt: skip


def with_value(place: tuple[Any, ...], value: Any) -> Callable[[Path], Path]:
    """The package that is right, with `value` at `place`."""

    def make(folder: Path) -> Path:
        content = descriptor(folder)
        resource = content["resources"][0]
        resource["schema"] = {"fields": [{"name": name, "constraints": {}} for name in made.NAMES]}
        resource["schema"]["fields"][FIELD[-1]]["type"] = "number"
        resource["dialect"] = {}
        resource["sdmx"] |= {"scope": {}, "fixed": {}}
        at: Any = content
        for step in place[:-1]:
            at = at[step]
        at[place[-1]] = value
        return write(folder, json.dumps(content))

    return make


def wrong_types() -> Iterator[Case]:
    """A case for each place and each type that it does not take; one of each place in every run."""
    for place, (code, takes) in TYPES.items():
        wrong = [kind for kind in VALUES if kind not in takes.split()]
        for kind in wrong:
            # JSON has no number that large: Python writes Infinity, which is refused as JSON
            told = "json-invalid" if kind == "endless" else code
            name = f"type: {'.'.join(map(str, place))} is {kind}"
            yield Case(name, told, with_value(place, VALUES[kind]), heavy=kind != wrong[-1])


# json.loads makes a text of these that no file name, id or message can hold.
SURROGATES = [
    ("name",), ("title",), (*RESOURCE, "name"), (*RESOURCE, "path"), (*RESOURCE, "encoding"), (*FIELD, "name"),
    ("sdmx", "dataProvider"), ("sdmx", "release"), (*RESOURCE, "sdmx", "dataflow"), ("of nobody",),
]  # fmt: skip
CASES = [
    *(Case(f"JSON syntax: {name}", "json-invalid", text(content)) for name, content in SYNTAX.items()),
    *(Case(f"JSON twice: {name}", "json-duplicate-key", text(content)) for name, content in TWICE.items()),
    *(
        Case(f"lone surrogate: {'.'.join(map(str, place))}", "json-invalid", with_value(place, "a\ud800b"))
        for place in SURROGATES
    ),
    Case("lone surrogate: a name", "json-invalid", text('{"\\udfff": 1}')),
    Case("lone surrogate: halves exchanged", "json-invalid", text('{"name": "\\ude00\\ud83d"}')),
    *wrong_types(),
]
