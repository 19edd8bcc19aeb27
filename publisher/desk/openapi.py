"""The OpenAPI 3.1 document of the desk's own API, made from its table of routes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

Json = dict[str, Any]
Row = tuple[str, str, str]  # address, method, right

TEXT: Json = {"type": "string"}
TEXTS: Json = {"type": "array", "items": TEXT}
MAYBE: Json = {"type": ["string", "null"]}


def _object(required: Iterable[str] = (), **properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": list(required)}


SCHEMAS: Mapping[str, Json] = {
    "Submission": _object(
        ("key", "state", "kind", "submitted_by", "approved_by", "two_persons", "seen_by"),
        key={**TEXT, "description": "names it in addresses; may be shortened to four characters"},
        state={"enum": ["draft", "checked", "scheduled", "released", "superseded", "withdrawn"]},
        kind={"enum": ["packages", "withdrawal", "purge"]},
        release={**MAYBE, "description": "the id under which it becomes public"},
        provider=TEXT,
        dataflows=TEXTS,
        content={**MAYBE, "description": "hash of what it brings: what is approved"},
        instant={"type": ["string", "null"], "format": "date-time"},
        zone=TEXT,
        entry={**MAYBE, "description": "of the calendar"},
        submitted_by=TEXTS,
        approved_by=TEXTS,
        two_persons={"type": "boolean", "description": "false: the rule was switched off"},
        waits_for={**TEXT, "description": "what keeps it from becoming public; empty when nothing"},
        problem=MAYBE,
        vintage={"type": ["integer", "null"]},
        seen_by={"type": "array", "items": _object(("at", "by"), at=TEXT, by=TEXT)},
        corrects=TEXT,
        withdraws=TEXT,
        purges={"type": "integer"},
        reason=TEXT,
    ),
    "Submitted": _object(
        ("submission", "report"),
        submission={"$ref": "#/components/schemas/Submission"},
        report={"type": "object", "description": "the report of the check"},
    ),
    "Difference": _object(
        ("release", "content", "dataflows", "warnings"),
        release=TEXT,
        content=TEXT,
        dataflows={"type": "object", "additionalProperties": {"type": "object"}},
        cells={"type": "object", "additionalProperties": TEXTS},
        warnings={"type": "array"},
    ),
    "Entry": _object(("id", "instant", "zone"), id=TEXT, provider=TEXT, instant=TEXT, zone=TEXT, kind=TEXT),
    "Event": _object(
        ("number", "at", "by", "action", "hash", "previous"),
        number={"type": "integer"},
        at=TEXT,
        by=TEXT,
        action=TEXT,
        key=TEXT,
        detail={"type": "object"},
        previous=TEXT,
        hash=TEXT,
    ),
    "Health": _object(
        ("status", "late", "two_persons"),
        status={"enum": ["ok", "late"]},
        late={"type": "integer"},
        two_persons={"type": "boolean"},
    ),
    "Error": _object(("error", "findings"), error=TEXT, findings=TEXTS),
}
PACKAGE: Json = {
    "required": True,
    "content": {
        "application/zip": {"schema": {"type": "string", "format": "binary"}},
        "application/gzip": {"schema": {"type": "string", "format": "binary"}},
        "multipart/form-data": {"schema": {"type": "object", "additionalProperties": {"format": "binary"}}},
    },
}
CORRECTS = (("corrects", "id of the public release that it corrects"), ("reason", "why; is published"))


def _body(*required: str, **properties: Json) -> Json:
    return {"required": True, "content": {"application/json": {"schema": _object(required, **properties)}}}


def _list(name: str) -> Json:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}


def _one(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


REASON = {**TEXT, "description": "is published"}
ENTRY = {"provider": TEXT, "title": {"type": "object"}, "instant": TEXT, "zone": TEXT, "kind": TEXT}
INSTANT = {**TEXT, "description": "2026-03-02T10:00 in the zone, or with its own offset"}
# address and method → what it does, the body, what it answers and with which status
WORDS: Mapping[tuple[str, str], tuple[str, Json | None, str, Json | None]] = {
    ("/releases", "GET"): ("What is on the desk.", None, "200", _list("Submission")),
    ("/releases", "POST"): ("Submit packages.", PACKAGE, "201", _one("Submitted")),
    ("/releases/<key>", "GET"): ("State, instant, people.", None, "200", _one("Submission")),
    ("/releases/<key>", "PUT"): ("Submit new content.", PACKAGE, "201", _one("Submitted")),
    ("/releases/<key>/report", "GET"): ("The report of the check.", None, "200", {"type": "object"}),
    ("/releases/<key>/diff", "GET"): ("What it changes.", None, "200", _one("Difference")),
    ("/releases/<key>/schedule", "POST"): (
        "Say when it becomes public; no instant: once it is approved.",
        _body(instant=INSTANT, zone=TEXT, entry=TEXT), "200", _one("Submission"),
    ),
    ("/releases/<key>/approve", "POST"): (
        "Agree to the content and the instant.", _body(content=TEXT), "200", _one("Submission")
    ),
    ("/releases/<key>/withdraw", "POST"): (
        "Take back what waits, or what is public.", _body("reason", reason=REASON), "200", _one("Submission")
    ),
    ("/releases/<key>/preview/", "GET"): ("The first page, as it will be.", None, "200", None),
    ("/releases/<key>/preview/<path:path>", "GET"): ("Any public address, as it will be.", None, "200", None),
    ("/purges", "POST"): (
        "Ask that cells leave everything that is and was public.",
        _body("dataflow", "cells", "reason", dataflow=TEXT, cells={**TEXT, "description": "key with points"},
              periods=TEXT, reason=REASON, provider=TEXT),
        "201", _one("Submission"),
    ),
    ("/calendar", "GET"): ("The calendar.", None, "200", _list("Entry")),
    ("/calendar", "POST"): ("Announce.", _body("title", "instant", **ENTRY), "201", _one("Entry")),
    ("/calendar/<id>/move", "POST"): (
        "Change a date; no instant cancels.",
        _body("reason", instant=INSTANT, zone=TEXT, reason=REASON), "200", _one("Entry"),
    ),
    ("/log", "GET"): ("Every event, each with the hash of the one before.", None, "200", _list("Event")),
    ("/healthz", "GET"): ("Whether all is public that should be.", None, "200", _one("Health")),
    ("/openapi.json", "GET"): ("This document.", None, "200", {"type": "object"}),
}  # fmt: skip


def document(routes: Iterable[Row], is_open: str) -> Json:
    """The document of `routes`; those of the right `is_open` need no token."""
    paths: dict[str, Json] = {}
    for rule, method, right in routes:
        path = re.sub(r"<(?:path:)?(\w+)>", r"{\1}", rule)
        paths.setdefault(path, {})[method.lower()] = _operation(rule, method, right, right == is_open)
    return {
        "openapi": "3.1.0",
        "info": {"title": "The offices' desk", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": dict(SCHEMAS),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _operation(rule: str, method: str, right: str, is_open: bool) -> Json:
    summary, body, status, answer = WORDS[rule, method]
    found: Json = {
        "summary": summary,
        "operationId": f"{method.lower()}{re.sub('[^a-z]+', '_', rule)}".rstrip("_"),
        "description": "Open to everybody." if is_open else f"Needs the right to {right}.",
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": TEXT}
            for name in re.findall(r"<(?:path:)?(\w+)>", rule)
        ],
        "responses": {status: _answered(answer), "default": _answered(_one("Error"))},
    }
    if body is PACKAGE:
        found["parameters"] += [
            {"name": n, "in": "query", "description": d, "schema": TEXT} for n, d in CORRECTS
        ]
        found["responses"]["422"] = {
            **_answered(_one("Submitted")),
            "description": "Refused, with the report.",
        }
    return found | ({"requestBody": body} if body else {}) | ({"security": []} if is_open else {})


def _answered(schema: Json | None) -> Json:
    content = {"application/json": {"schema": schema}} if schema else {"*/*": {}}
    return {"description": "What was asked for.", "content": content}
