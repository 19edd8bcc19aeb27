"""The static copy: every link leads to a file or to the service, and the numbers are the service's."""

from __future__ import annotations

import csv
import functools
import hashlib
import http.server
import json
import re
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from lxml import html

from publisher.errors import UsageError
from publisher.settings import load
from publisher.web.app import create_app
from publisher.web.export import MANIFEST, export

SERVICE = "https://service.example"
WHOLE = "/sdmx/v2/data/dataflow/LMIS/DF_UNE/1.0.0/*"
CSV = {"Accept": "application/vnd.sdmx.data+csv;version=2.1.0;labels=both"}


@pytest.fixture(scope="module")
def site(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy") / "site"
    export(load(demo_home, environ={}, base_url=SERVICE), folder, lambda message: None)
    return folder


@pytest.fixture
def served(site: Path) -> Iterator[str]:
    """The copy by Python's own web server."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None: ...

    handler = functools.partial(Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


pytestmark = pytest.mark.slow


def _pages(site: Path) -> list[Path]:
    return [path for path in site.rglob("*.html") if "files" not in path.relative_to(site).parts]


def test_every_link_leads_somewhere(site: Path) -> None:
    pages = _pages(site)
    broken = []
    for page in pages:
        for _, name, link, _ in html.fromstring(page.read_bytes()).iterlinks():
            parts = urlsplit(link)
            if name == "content" or parts.scheme or not parts.path:  # elsewhere, or on this page
                continue
            if not (page.parent / unquote(parts.path)).is_file():
                broken.append(f"{page.relative_to(site)}: {link}")
    assert not broken
    assert len(pages) > 100


def test_what_only_the_service_answers_leads_to_it(site: Path) -> None:
    page = html.parse(site / "en/dataset/index.html")
    assert page.xpath("//form/@action") == [f"{SERVICE}/en/dataset"]
    assert all(
        href.startswith(f"{SERVICE}/en/dataset?") for href in page.xpath("//nav[@class='facets']//a/@href")
    )
    assert SERVICE in page.xpath("string(//p[@role='note'])")


def test_it_is_served_right(served: str, site: Path, demo_home: Path) -> None:
    waiting, seen = [served], set()
    while waiting and len(seen) < 60:
        address = waiting.pop(0)
        if address in seen or not address.startswith(served):
            continue
        seen.add(address)
        with urllib.request.urlopen(address) as answer:
            assert answer.status == 200
            if answer.headers.get_content_type() == "text/html":
                links = html.fromstring(answer.read()).xpath("//a/@href | //link/@href | //script/@src")
                waiting += [urljoin(address, link).partition("#")[0] for link in links]
    assert len(seen) == 60


def test_the_numbers_are_the_service_s(site: Path, demo_home: Path) -> None:
    client = create_app(load(demo_home, environ={})).test_client()
    answer = client.get(WHOLE, headers=CSV)
    assert (site / "sdmx/data/DF_UNE.csv").read_bytes() == answer.data
    rows = list(csv.DictReader(answer.text.splitlines()))
    assert len(rows) > 1000


def test_each_file_has_its_digest(site: Path) -> None:
    record = json.loads((site / MANIFEST).read_text(encoding="utf-8"))
    there = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()} - {MANIFEST}
    assert set(record["files"]) == there
    for name, told in record["files"].items():
        assert hashlib.sha256((site / name).read_bytes()).hexdigest() == told["sha256"], name


def test_names_are_fit_for_every_file_system(site: Path) -> None:
    assert not [p for p in site.rglob("*") if re.search(r'[<>:"|?*\\]|[. ]$', p.name)]


def test_again_over_an_earlier_copy(site: Path, demo_home: Path) -> None:
    (site / "left over.txt").write_text("from elsewhere", encoding="utf-8")
    before = json.loads((site / MANIFEST).read_text(encoding="utf-8"))
    export(load(demo_home, environ={}, base_url=SERVICE), site, lambda message: None)
    assert not (site / "left over.txt").exists()
    after = json.loads((site / MANIFEST).read_text(encoding="utf-8"))
    assert {n for n, told in before["files"].items() if after["files"].get(n) != told} == set()
    assert after["files"].keys() == before["files"].keys()


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path, demo_home: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="has files that are no copy"):
        export(load(demo_home, environ={}), tmp_path, lambda message: None)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
