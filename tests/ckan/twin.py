"""The demo's catalogue served on loopback under its own address, whole or a few of its offices."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from werkzeug.serving import make_server

from catalogue import actions, ckan
from catalogue.call import Site
from catalogue.embedded import Embedded
from catalogue.record import Catalogue
from publisher.release.records import records
from publisher.settings import Settings, load
from publisher.store import Home, current
from publisher.web.app import create_app
from publisher.web.context import TOKEN_FILE

TOKEN = "the publisher's token"


def only(whole: Catalogue, offices: tuple[str, ...]) -> Catalogue:
    """The records of these offices."""
    datasets = tuple(d for d in whole.datasets if d.owner_org in offices)
    named = {group for d in datasets for group in d.groups}
    return replace(
        whole,
        organizations=tuple(o for o in whole.organizations if o.name in offices),
        groups=tuple(g for g in whole.groups if g.name in named),
        datasets=datasets,
    )


@contextmanager
def served(demo_home: Path, folder: Path, offices: tuple[str, ...]) -> Iterator[tuple[str, Catalogue]]:
    """The address, and what the catalogue there says. `folder` becomes a home beside the demo's."""
    (folder / "public").mkdir(parents=True)
    for part in (demo_home / "public").iterdir():
        if not part.name.startswith("catalogue.sqlite"):
            (folder / "public" / part.name).symlink_to(part)
    (folder / TOKEN_FILE).write_text(actions.token_hash(TOKEN), encoding="ascii")
    server = make_server("127.0.0.1", 0, lambda environ, start: [], threaded=True)
    address = f"http://127.0.0.1:{server.server_port}"
    settings = load(folder, environ={}, base_url=address)
    wanted = only(records(current(Home(folder)), settings), offices)
    _write(settings, wanted)
    server.app = create_app(settings)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield address, wanted
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _write(settings: Settings, wanted: Catalogue) -> None:
    snapshot = current(Home(settings.home))
    api = ckan.embedded(
        Embedded(settings.home / "public" / "catalogue.sqlite"),
        snapshot.number,
        Site(settings.base_url, "Labour market information"),
        lambda: snapshot.instant,
    )
    ckan.apply(api, ckan.plan(api, wanted, loads_tables=False))
