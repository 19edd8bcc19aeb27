"""The two catalogues behind one function, and their answers without what differs by nature."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.ckan.contract.cases import uuid

ROOT = Path(__file__).resolve().parents[3]
STATE = Path(os.environ.get("LMIS_CKAN", ROOT / ".ckan"))  # what tests/ckan/up.py made
RECORDED = Path(__file__).with_name("recorded.jsonl")
_UUID = re.compile(r"\b(?!00000000-)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_TIME = re.compile(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?\b")


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any


@dataclass
class Asked:
    """A catalogue that remembers what it answered, for cases that go on from it."""

    url: str
    tokens: Mapping[str, str]
    answers: dict[str, Answer] = field(default_factory=dict)
    session: requests.Session = field(default_factory=requests.Session)

    def ask(self, case: Any) -> Answer:
        params = self._filled(case.params)
        url = f"{self.url}/api/3/action/{case.action}"
        headers = {"Authorization": self.tokens[case.who]} if self.tokens.get(case.who) else {}
        if case.how == "get":
            response = self.session.get(url, params=params, headers=headers, timeout=60)
        elif case.how == "raw":
            headers["Content-Type"] = "application/json"
            response = self.session.post(url, data=params.encode(), headers=headers, timeout=60)
        else:
            sent: dict[str, Any] = {
                "json": {"json": params},
                "form": {"data": params},
                "multipart": {"files": {key: (None, value) for key, value in _items(params)}},
            }[case.how]
            response = self.session.post(url, headers=headers, timeout=60, allow_redirects=False, **sent)
        try:
            body = response.json()
        except ValueError:
            body = {"not JSON": response.text[:200]}
        self.answers[case.name] = Answer(response.status_code, body)
        return self.answers[case.name]

    def _filled(self, value: Any) -> Any:
        if isinstance(value, str) and (match := re.fullmatch(r"\{([^:{}]+):([\w.]+)\}", value)):
            found = self.answers[match[1]].body
            for part in match[2].split("."):
                found = found[int(part)] if part.isdigit() else found[part]
            return found
        if isinstance(value, dict):
            return {key: self._filled(item) for key, item in value.items()}
        return [self._filled(item) for item in value] if isinstance(value, list) else value

    def plain(self, case: Any, answer: Answer) -> dict[str, Any]:
        """Without addresses, ids and times that a catalogue chose itself."""
        body = _arranged(case, answer.body)
        text = json.dumps(body, ensure_ascii=False).replace(self.url, "<url>")
        text = _TIME.sub("<time>", _UUID.sub("<uuid>", text))
        return {"status": answer.status, "body": _without(json.loads(text))}


def _items(params: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in params.items():
        yield key, value if isinstance(value, str) else json.dumps(value)


# Not compared, and why.
_LEFT_OUT = {
    "filterops": "the filters again, as CKAN takes them apart",
    "index_name": "of PostgreSQL's own",
    "db_size": "of PostgreSQL's own",
    "idx_size": "of PostgreSQL's own",
    "creator_user_id": "the embedded catalogue keeps no people's accounts",
    "users": "the embedded catalogue keeps no people's accounts",
    "changed_entities": "ids of what was written, as the client knows them already",
}
_FOREIGN = re.compile(
    r"(to search index: Solr returned an error|SOLR returned an error running query|"
    r"Error decoding JSON data\.|duplicate key value violates unique constraint).*",
    re.DOTALL,
)


_UNORDERED = ("tag_list", "vocabulary_list", "tag_autocomplete", "resource_search")  # no order is promised
_LATER_LICENCES = ("CC",)  # Creative Commons 4.0: only the embedded catalogue's own list has them


def _arranged(case: Any, body: Any) -> Any:
    result = body.get("result") if isinstance(body, dict) else None
    if case.action == "license_list" and isinstance(result, list):
        return body | {"result": [row for row in result if not row["id"].startswith(_LATER_LICENCES)]}
    if case.action == "datastore_info" and isinstance(result, dict) and "meta" in result:
        meta = {key: value for key, value in result["meta"].items() if key != "size"}  # on PostgreSQL's disk
        return body | {"result": result | {"meta": meta}}
    if case.action in _UNORDERED and isinstance(result, list):
        return body | {
            "result": sorted(result, key=lambda row: row["name"] if isinstance(row, dict) else row)
        }
    if case.action in _UNORDERED and isinstance(result, dict):
        return body | {
            "result": result | {"results": sorted(result["results"], key=lambda row: str(row["id"]))}
        }
    return body


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: _without(item) for key, item in value.items() if key not in _LEFT_OUT}
        if isinstance(tags := kept.get("tags"), list) and all(isinstance(tag, dict) for tag in tags):
            kept["tags"] = sorted(tags, key=lambda tag: (tag.get("name", ""), str(tag.get("vocabulary_id"))))
        extras = kept.get("extras")  # in no promised order
        return kept | {"extras": sorted(extras, key=str)} if isinstance(extras, list) else kept
    if isinstance(value, list):
        return [_without(item) for item in value]
    # The decoder's and Solr's own words about a query that it does not understand quote the whole of it.
    return _FOREIGN.sub(r"\1", value) if isinstance(value, str) else value


def real() -> Asked | str:
    """The CKAN that `make ckan-up` started; or why there is none."""
    url = os.environ.get("LMIS_CKAN_URL") or _read("url")
    token = _read("token") or os.environ.get("LMIS_CKAN_TOKEN", "")
    if not url or not token:
        return "no CKAN: `make ckan-up` starts one"
    asked = Asked(
        url, {"admin": token, "wrong": "wrong", "bearer": f"Bearer {token}", "editor": _read("editor-token")}
    )
    try:
        names = asked.session.get(f"{url}/api/3/action/package_list", timeout=10).json()["result"]
    except (requests.RequestException, ValueError, KeyError) as exc:
        return f"the CKAN at {url} does not answer: {exc}"
    strangers = [name for name in names if not name.startswith("contract")]
    return f"{url} holds datasets of others, e.g. {strangers[0]}: not touched" if strangers else asked


def _read(name: str) -> str:
    path = STATE / name
    return path.read_text().strip() if path.is_file() else ""


def clean(asked: Asked, organizations: Sequence[str], groups: Sequence[str]) -> None:
    """Purge what an earlier run left."""
    headers = {"Authorization": asked.tokens["admin"]}

    def act(action: str, **params: Any) -> Any:
        response = asked.session.post(
            f"{asked.url}/api/3/action/{action}", json=params, headers=headers, timeout=60
        )
        return response.json().get("result")

    for number in range(1, 100):
        act("dataset_purge", id=uuid(number))
    for name in organizations:
        act("organization_purge", id=name)
    for name in groups:
        act("group_purge", id=name)
    for vocabulary in act("vocabulary_list"):
        if vocabulary["name"].startswith("contract-"):
            act("vocabulary_update", id=vocabulary["id"], name=vocabulary["name"], tags=[])
            act("vocabulary_delete", id=vocabulary["id"])
