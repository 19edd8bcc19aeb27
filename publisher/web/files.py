"""Files: a vintage's bulk files under `/files/<vintage>/…`, and the pages' own under `/static/<hash>/…`."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint, Response, abort, redirect, request, send_file
from werkzeug.wrappers import Response as AnyResponse

from publisher.store.home import Home
from publisher.store.seal import is_whole, sums
from publisher.store.vintage import kept, opened
from publisher.web.context import lmis
from publisher.web.sheets import policy
from publisher.web.shrink import shrink

FOREVER = "public, max-age=31536000, immutable"
_TYPES = {
    ".csv": "text/csv",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
}


class Static:
    """The static files of all template folders by name; an address holds the hash of the content."""

    def __init__(self, templates: tuple[Path, ...]) -> None:
        self.files: dict[str, tuple[str, Path]] = {}
        for place in reversed(templates):
            self.files |= {name: (_digest(path), path) for name, path in _below(place / "static")}

    def url(self, name: str) -> str:
        """`/static/<hash>/<name>`. Raises KeyError when there is no such file."""
        return f"/static/{self.files[name][0]}/{name}"


def _below(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def media_type(path: Path) -> str:
    return _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def blueprint(templates: tuple[Path, ...]) -> Blueprint:
    """Both addresses; `static_url(name)` becomes known to the templates."""
    static = Static(templates)
    bp = Blueprint("files", __name__)
    bp.add_app_template_global(static.url, "static_url")

    @bp.get("/favicon.ico")
    def favicon() -> AnyResponse:
        return redirect(static.url("icon.svg"), 302)

    @bp.get("/static/<digest>/<path:name>")
    def static_file(digest: str, name: str) -> Response:
        known, path = static.files.get(name, ("", Path()))
        if digest != known:
            abort(404, "There is no such file; the page that named it may be older than the service.")
        response = Response(path.read_bytes(), mimetype=media_type(path))
        response.headers["Cache-Control"] = FOREVER
        shrink(response)
        response.add_etag()
        response.make_conditional(request)
        return response

    @bp.get("/files/<int:vintage>/<path:name>")
    def vintage_file(vintage: int, name: str) -> Response:
        if vintage > lmis().number():
            abort(404, f"There is no public vintage {vintage}.")
        if vintage not in kept(Home(lmis().settings.home), lmis().number()):
            abort(410, f"What was public in vintage {vintage} is not kept any more.")
        pages = (lmis().settings.home / "public" / "pages" / str(vintage)).resolve()
        # A sheet's permanent address is that of the vintage which it is from.
        folder, _, rest = name.partition("/")
        root, rest = (pages / folder, rest) if folder == "factsheets" else (pages / "files", name)
        path = (root / rest).resolve()
        if not path.is_relative_to(root) or not is_whole(pages, path):
            abort(404, f"Vintage {vintage} has no file {name}.")
        is_page = path.suffix == ".html"
        # Nothing of the disk it lies on: the same file has the same validators everywhere.
        mark = f"{vintage}-{sums(pages)[path.relative_to(pages).as_posix()][:32]}"
        instant = opened(Home(lmis().settings.home), vintage).modified
        response = send_file(
            path, media_type(path), not is_page, conditional=True, etag=mark, last_modified=instant
        )
        if is_page:
            response.headers["Content-Security-Policy"] = policy(path, path.stat().st_mtime_ns)
        response.headers["Cache-Control"] = FOREVER
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    return bp
