"""A copy of the public site as files that any web server, or none, can show while the service is down.

Pages are fetched as anybody fetches them and their links made relative; what only the service can answer
(searches, queries) leads to its address.
"""

from __future__ import annotations

import hashlib
import html
import json
import posixpath
import re
import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from flask.testing import FlaskClient
from werkzeug.wrappers import Response

from publisher.errors import UsageError
from publisher.settings import Settings
from publisher.store import Home, Snapshot, current
from publisher.web.app import create_app
from publisher.web.words import DEFAULT, Words, languages

MANIFEST = "copy.json"
NO_PAGES = ("/sdmx/", "/api/", "/healthz", "/metrics")  # what programs ask; the whole of it is in `sdmx/`
SEEDS = (
    "/feed.atom",
    "/feed.json",
    "/openapi.json",
    "/catalog.ttl",
    "/catalog.jsonld",
    "/catalog.rdf",
    "/sitemap.xml",
)
STRUCTURES = {
    "sdmx/structures-3.0.xml": "application/vnd.sdmx.structure+xml;version=3.0.0",
    "sdmx/structures-2.1.xml": "application/vnd.sdmx.structure+xml;version=2.1",
    "sdmx/structures-2.0.json": "application/vnd.sdmx.structure+json;version=2.0.0",
}
# Attributes of our own templates: always in double quotes, after a blank.
_LINK = re.compile(r'(?<=\s)(href|src|action)="([^"]*)"')


@dataclass
class _Copy:
    client: FlaskClient
    base_url: str
    folder: Path
    words: dict[str, Words]
    pages: dict[str, str] = field(default_factory=dict)  # address → its text, links as they were
    files: dict[str, str] = field(default_factory=dict)  # address → name below the folder

    def fetch(self, path: str, progress: Callable[[str], None]) -> None:
        """Everything that links lead to, from `path` on."""
        waiting, seen = deque([path]), set(self.files)
        while waiting:
            here = waiting.popleft()
            if here in seen:
                continue
            seen.add(here)
            if self._take(here):
                progress(f"{len(self.files)} files: {here}")
                waiting.extend(target for target, _ in _targets(self.pages.get(here, ""), self.base_url))

    def _take(self, path: str) -> bool:
        if path.startswith(NO_PAGES):
            return False
        with self.client.get(path, follow_redirects=True) as answer:
            return answer.status_code == 200 and self._keep(path, answer)

    def _keep(self, path: str, answer: Response) -> bool:
        is_page = answer.mimetype == "text/html"
        name = unquote(path).strip("/").replace(":", "-")  # which not every file system takes
        self.files[path] = posixpath.join(name, "index.html") if is_page and not _has_ending(name) else name
        if is_page and not path.startswith("/files/"):  # permanent addresses stay as they were released
            self.pages[path] = answer.get_data(as_text=True)
        else:
            self._write(self.files[path], answer.data)
        return True

    def answer(self, name: str, path: str, accept: str) -> None:
        """An answer of the SDMX service as a file, never whole in memory."""
        answer = self.client.get(path, headers={"Accept": accept}, buffered=False)
        if answer.status_code == 200:
            self._write(name, answer.iter_encoded())
        answer.close()

    def write_pages(self, number: int) -> None:
        for path, text in self.pages.items():
            language = path.split("/")[1] if path.split("/")[1] in self.words else DEFAULT
            told = self.words[language]("export.notice", vintage=number, service=self.base_url)
            notice = f'<p class="notice" role="note">{html.escape(told)}</p>'
            linked = _LINK.sub(lambda found, here=path: self._relative(found, here), text)  # type: ignore[misc]
            self._write(self.files[path], re.sub(r"<body[^>]*>", rf"\g<0>{notice}", linked, count=1).encode())
        self._write("index.html", _doors(self.words).encode())

    def _relative(self, found: re.Match[str], here: str) -> str:
        """The link from the page at `here`, to a file of the copy or to the service."""
        name, address = found[1], html.unescape(found[2])
        target, fragment = _target(address, self.base_url)
        if target is None or (not target and fragment):
            return found[0]
        if target in self.files and name != "action":
            start = posixpath.dirname(self.files[here])
            address = posixpath.relpath(self.files[target], start or ".") + fragment
        elif address.startswith("/"):
            address = self.base_url + address
        elif address.startswith("?"):
            address = self.base_url + here + address
        return f'{name}="{html.escape(address)}"'

    def _write(self, name: str, content: bytes | Iterator[bytes]) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.writelines([content] if isinstance(content, bytes) else content)


def export(settings: Settings, folder: Path, progress: Callable[[str], None]) -> int:
    """Write the copy into `folder`, whole or not at all; how many files.

    A folder that holds an earlier copy is replaced. Raises UsageError when it holds anything else.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / MANIFEST).is_file():
        raise UsageError(f"{folder} has files that are no copy of a site; name an empty or new folder")
    snapshot = current(Home(settings.home))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as made:
        place = Path(made) / "copy"
        place.mkdir()
        count = _fill(place, settings, snapshot, progress)
        if folder.exists():
            folder.rename(Path(made) / "earlier")
        shutil.move(place, folder)
    return count


def _fill(place: Path, settings: Settings, snapshot: Snapshot, progress: Callable[[str], None]) -> int:
    app = create_app(settings)
    app.config["STORED_SHEETS_ONLY"] = True  # the others lead to the service
    spoken = languages(app.extensions["lmis"].templates)
    copy = _Copy(app.test_client(), settings.base_url.rstrip("/"), place, spoken)
    for path in (*(f"/{language}/" for language in spoken), *SEEDS):
        copy.fetch(path, progress)
    for name, accept in STRUCTURES.items():
        copy.answer(name, "/sdmx/v2/structure/*/*/*/*", accept)
    for short in sorted(snapshot.record["cubes"]):
        agency, id, version = re.split(r"[:()]", short)[:3]
        progress(f"data of {id}")
        address = f"/sdmx/v2/data/dataflow/{agency}/{id}/{version}/*"
        copy.answer(f"sdmx/data/{id}.csv", address, "application/vnd.sdmx.data+csv;version=2.1.0;labels=both")
    copy.write_pages(snapshot.number)
    return _manifest(place, snapshot)


def _manifest(place: Path, snapshot: Snapshot) -> int:
    """What the copy is of, and the digest of each file."""
    files = {path.relative_to(place).as_posix(): _told(path) for path in _below(place)}
    record = {"vintage": snapshot.number, "instant": snapshot.record["instant"], "files": files}
    text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    (place / MANIFEST).write_text(text, encoding="utf-8")
    return len(files)


def _below(place: Path) -> Iterator[Path]:
    return (path for path in sorted(place.rglob("*")) if path.is_file())


def _told(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    return {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _targets(text: str, base_url: str) -> Iterator[tuple[str, str]]:
    """The addresses of this service without a query that a page links to."""
    for _, address in _LINK.findall(text):
        target, fragment = _target(html.unescape(address), base_url)
        if target:
            yield target, fragment


def _target(address: str, base_url: str) -> tuple[str | None, str]:
    """Path and fragment of an address of this service; no path where it has a query or is elsewhere's."""
    parts = urlsplit(address.removeprefix(base_url) if address.startswith(f"{base_url}/") else address)
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    if parts.scheme or parts.netloc:
        return None, fragment
    return ("" if parts.query else parts.path), fragment


def _has_ending(name: str) -> bool:
    return name.endswith((".html", ".htm"))


def _doors(words: dict[str, Words]) -> str:
    """The first page: each language's own."""
    links = "".join(
        f'<li><a href="{tag}/index.html" hreflang="{tag}" lang="{tag}">{html.escape(each.own_name)}</a></li>'
        for tag, each in words.items()
    )
    title = html.escape(words[DEFAULT]("site.title"))
    return (
        f'<!doctype html><html lang="{DEFAULT}"><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="refresh" content="0; url={DEFAULT}/index.html">'
        f"<h1>{title}</h1><ul>{links}</ul></html>\n"
    )
