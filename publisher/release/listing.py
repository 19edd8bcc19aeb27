"""`lmis releases`: what was released, when, by whom, how much."""

from __future__ import annotations

from collections.abc import Iterator

from publisher.settings import Settings
from publisher.store import Home, current


def listing(settings: Settings) -> Iterator[str]:
    """One line a release, newest first: instant, id, and per dataflow what it changed."""
    snapshot = current(Home(settings.home))
    for manifest in sorted(snapshot.releases, key=lambda m: (m["instant"], m["id"]), reverse=True):
        flows = ", ".join(
            f"{flow.partition(':')[2].partition('(')[0]} {_counts(entry)}"
            for flow, entry in manifest["flows"].items()
        )
        yield f"{manifest['instant']}  {manifest['id']}  {flows}"


def _counts(entry: dict[str, int]) -> str:
    return f"+{entry['new']:,} ~{entry['revised']:,} -{entry['deleted']:,}"
