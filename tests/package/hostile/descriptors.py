"""datapackage.json: JSON that reads in two ways, paths that lead out, properties that ask for work."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.package import made
from tests.package.hostile.case import TABLE, Case, descriptor, plain, write


def text(content: str | bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        package = plain(folder)
        data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        (package / "datapackage.json").write_bytes(data)
        return package

    return make


def package(**properties: Any) -> Callable[[Path], Path]:
    return lambda folder: write(folder, descriptor(folder) | properties)


def resource(**properties: Any) -> Callable[[Path], Path]:
    return lambda folder: plain(folder, **properties)


def sdmx(**properties: Any) -> Callable[[Path], Path]:
    return package(sdmx=dict(made.SDMX) | properties)


def filed(**properties: Any) -> Callable[[Path], Path]:
    return resource(sdmx={"dataflow": made.FLOW} | properties)


def field(**properties: Any) -> Callable[[Path], Path]:
    """A schema whose field OBS_VALUE or COMMENT_OBS has more properties."""
    name = "OBS_VALUE" if properties.get("type") == "number" else "COMMENT_OBS"
    fields = [{"name": n} | (properties if n == name else {}) for n in made.NAMES]
    return resource(schema={"fields": fields})


def pattern(expression: str) -> Callable[[Path], Path]:
    lines = made.texts()
    for line in lines[1:]:
        line[-1] = "a" * 40 + "!"
    fields = [{"name": n, "constraints": {"pattern": expression}} if n == "COMMENT_OBS" else {"name": n}
              for n in made.NAMES]  # fmt: skip
    return lambda folder: made.package(
        folder / "p", "jobs.csv", made.as_csv(lines), schema={"fields": fields}
    )


def _large_schema(folder: Path) -> Path:
    """Two hundred resources with one schema of a megabyte."""
    content = descriptor(folder)
    (folder / "p" / "schema.json").write_text(json.dumps({"fields": [], "x": "y" * (1 << 20)}))
    first = content["resources"][0]
    content["resources"] = [
        first | {"name": f"r{n}", "path": f"{n}.csv", "schema": "schema.json"} for n in range(200)
    ]
    return write(folder, content)


def _many_paths(folder: Path) -> Path:
    content = descriptor(folder)
    content["resources"][0]["path"] = ["jobs.csv"] * 1_001
    return write(folder, content)


JSONS: dict[str, str | bytes] = {
    "empty": "",
    "NaN": '{"name": NaN, "resources": []}',
    "Infinity": '{"name": -Infinity}',
    "list": "[]",
    "text": '"x"',
    "null": "null",
    "two documents": "{} {}",
    "comment": '{"name": "a" /* b */}',
    "comma at the end": '{"name": "a",}',
    "single quotes": "{'name': 'a'}",
    "deep list": "[" * 100_000,
    "deep object": '{"a":' * 100_000,
    "deep and closed": '{"a":' * 40 + "1" + "}" * 40,
    "integer of a million digits": '{"a": ' + "9" * 1_000_000 + "}",
    "not UTF-8": b'{"name": "\xff"}',
    "UTF-16": '{"name": "a"}'.encode("utf-16"),
    "overlong UTF-8": b'{"name": "\xc0\xaf"}',
    "NUL": '{"name": "a\0b"}',
    "eleven megabytes": '{"a": "' + "x" * (11 << 20) + '"}',
}
REMOTE = ("http://example.org/x.csv", "HTTPS://example.org/x.csv", "ftp://example.org/x.csv", "file:///etc/passwd",
          "//example.org/x.csv", "data:text/csv,a", "s3://bucket/x.csv", "javascript:alert(1)", "http:x.csv",
          "http://127.0.0.1:1/x", "http://169.254.169.254/latest", "https://user:pw@example.org/x")  # fmt: skip
UNSAFE = ("../jobs.csv", "/etc/passwd", "~/jobs.csv", "$HOME/jobs.csv", "a\\jobs.csv", "C:\\jobs.csv", "C:/x", "",
          ".", "./jobs.csv", "jobs.csv/", "a/../jobs.csv", "jobs.csv\0", "jobs.csv\u202e", "con", "jobs.csv.",
          "jobs\u200b.csv", "\uff0e\uff0e/x", "j\u043ebs.csv", "x" * 300, "%SYSTEMROOT%|x", "a:b")  # fmt: skip
CASES = [
    *(Case(f"JSON: {name}", "json-invalid", text(content)) for name, content in JSONS.items()),
    Case("JSON: property twice", "json-duplicate-key", text('{"name": "a", "name": "b"}')),
    Case("JSON: property twice deep inside", "json-duplicate-key", text('{"a": [{"b": {"c": 1, "c": 2}}]}')),
    Case("JSON: property twice by escapes", "json-duplicate-key", text('{"name": 1, "n\\u0061me": 2}')),
    *(Case(f"path: {url}", "remote-reference", resource(path=url)) for url in REMOTE),
    *(Case(f"path: {name[:40]!r}", "unsafe-name", resource(path=name)) for name in UNSAFE),
    Case("path: escaped", "descriptor-invalid", resource(path="%2e%2e%2fjobs.csv")),
    Case("path: one of several is remote", "remote-reference", resource(path=["jobs.csv", "http://example.org/x"])),
    Case("path: a thousand times", "descriptor-invalid", _many_paths),
    Case("path: another type", "descriptor-invalid", resource(path={"a": 1})),
    Case("path: list of lists", "descriptor-invalid", resource(path=[["jobs.csv"]])),
    *(
        Case(f"{name}: remote", "remote-reference", resource(**{name: "http://example.org/x.json"}))
        for name in ("schema", "dialect", "profile")
    ),
    *(
        Case(f"{name}: outside", "unsafe-name", resource(**{name: "../x.json"}))
        for name in ("schema", "dialect", "profile")
    ),
    *(
        Case(f"schema: field is {name}", "descriptor-invalid", resource(schema={"fields": [name]}))
        for name in ("/etc/passwd", "http://127.0.0.1:1/x.json", "../x.json", "jobs.csv")
    ),
    Case("schema: the table", "json-invalid", resource(schema="jobs.csv")),
    Case("schema: of a megabyte, two hundred times", "too-large", _large_schema),
    Case("schema: key in another place", "remote-reference", resource(schema={
        "fields": [{"name": "FREQ"}],
        "foreignKeys": [{"fields": ["FREQ"], "reference": {"resource": "http://example.org/x", "fields": ["F"]}}],
    })),
    Case("profile of the package: remote", "remote-reference", package(profile="http://example.org/x.json")),
    Case("resources: none", "no-data", package(resources=[])),
    Case("resources: an object", "descriptor-invalid", package(resources={"a": 1})),
    Case("resources: nulls", "descriptor-invalid", package(resources=[None])),
    Case("resource: data inside", "inline-data", resource(data=[[1, 2]])),
    Case("resource: no name", "descriptor-invalid", resource(name=None)),
    Case("resource: name is a number", "descriptor-invalid", resource(name=5)),
    *(
        Case(f"package: name {name!r}", "descriptor-invalid", package(name=name))
        for name in ("../../etc", "a/b", "/etc", "nul", "a\\b", "x" * 300, "a\u202eb", 5)
    ),
    Case("hash: md5", "hash-unsupported", resource(hash="d41d8cd98f00b204e9800998ecf8427e")),
    Case("hash: too short", "hash-unsupported", resource(hash="sha256:00")),
    Case("hash: of another file", "hash-mismatch", resource(hash="sha256:" + "0" * 64)),
    Case("bytes: another number", "bytes-mismatch", resource(bytes=len(TABLE) + 1)),
    Case("bytes: true", "descriptor-invalid", resource(bytes=True)),
    *(
        Case(f"encoding: {name}", "encoding", resource(encoding=name))
        for name in ("utf-7", "rot13", "zip", "idna", "unicode_escape", "punycode", "utf-32", "../x", "mbcs")
    ),
    *(
        Case(f"dialect: {dialect}"[:60], "dialect-unsupported", resource(dialect=dialect))
        for dialect in (
            {"delimiter": "||"}, {"delimiter": "\n"}, {"delimiter": "\0"}, {"delimiter": "\uff0c"}, {"delimiter": ""},
            {"delimiter": '"'}, {"quoteChar": "ab"}, {"headerRows": [0]}, {"headerRows": [10**9]},
            {"headerRows": list(range(1, 500))}, {"commentRows": [-1]}, {"unknown": 1},
            {"lineTerminator": "ab"}, {"sheetName": "Data"},
        )
    ),
    Case("dialect: flag that is a text", "descriptor-invalid", resource(dialect={"doubleQuote": "no"})),
    Case("dialect: delimiter that is a number", "descriptor-invalid", resource(dialect={"delimiter": 5})),
    *(
        Case(f"pattern: {expression[:30]}", "pattern-unsupported", pattern(expression))
        for expression in (r"(a)\1", r"a(?=b)", r"(?<!a)b", "(", "a{1000}{1000}{1000}", "a" * 1_001)
    ),
    *(
        Case(f"pattern: {expression}", "pattern-differs", pattern(expression))
        for expression in ("(a+)+", "(a|aa)+", "(a*)*b", "([a-zA-Z]+)*", "(.*a){20}")
    ),
    Case("sdmx: none", "sdmx-missing", package(sdmx=None)),
    Case("sdmx: a text", "sdmx-invalid", package(sdmx="PROVIDER")),
    Case("sdmx: provider is a list", "sdmx-invalid", sdmx(dataProvider=["OFFICE_A"])),
    Case("sdmx: provider unknown", "provider-unknown", sdmx(dataProvider="OFFICE_A'; DROP TABLE")),
    Case("sdmx: release leads out", "sdmx-invalid", sdmx(release="../../current")),
    Case("sdmx: release with a line end", "sdmx-invalid", sdmx(release="2025-10\n")),
    Case("sdmx: date without a zone", "sdmx-invalid", sdmx(releaseDate="2025-10-09T12:00:00")),
    Case("sdmx: date is a number", "sdmx-invalid", sdmx(releaseDate=10**30)),
    Case("sdmx: any dataflow", "dataflow-unknown", filed(dataflow="*:*(*)")),
    Case("sdmx: dataflow of another agency", "dataflow-unknown", filed(dataflow="OTHER:DF_JOBS(1.0.0)")),
    Case("sdmx: dataflow is a list", "dataflow-unknown", filed(dataflow=[made.FLOW])),
    Case("sdmx: another office's dataflow", "no-agreement", filed(dataflow="TEST:DF_PAY(1.0.0)")),
    Case("sdmx: action unknown", "action-unknown", filed(action="Drop")),
    Case("sdmx: scope is a list", "sdmx-invalid", filed(scope=["AREA"])),
    Case("sdmx: scope of a code that is none", "scope-invalid", filed(scope={"AREA": ["*"]})),
    Case("sdmx: scope of a column that is none", "scope-invalid", filed(scope={"1=1": ["AA"]})),
    Case("sdmx: fixed value that is a column", "fixed-invalid", filed(fixed={"AREA": "AA"})),
    Case("format: unknown", "format-unsupported", resource(format="pickle")),
    Case("format: SQL", "format-unsupported", resource(format="sql")),
    Case("format: old Excel", "format-unsupported", resource(format="xls")),
    Case("numbers: decimal sign of two", "descriptor-invalid", field(type="number", decimalChar=",,")),
    Case("numbers: decimal sign is a digit", "descriptor-invalid", field(type="number", decimalChar="1")),
    Case("numbers: group sign is the decimal sign", "descriptor-invalid",
         field(type="number", decimalChar=",", groupChar=",")),
]  # fmt: skip
