"""What the first page shows: what is new, one comparison of the areas, topics, providers, counts."""

from __future__ import annotations

from typing import Any

from publisher.web import dataset, sheets
from publisher.web.context import Lmis
from publisher.web.names import Names, extras

NEWEST = 5


def build(lmis: Lmis, names: Names) -> dict[str, Any]:
    """The values of the first page's template."""
    everything = lmis.ask("package_search", rows=1000, sort="extras_release_date desc, title_string asc")
    records = everything["results"]
    observations = sum(int(extras(r).get("num_observations", 0)) for r in records)
    groups = lmis.ask("group_list", all_fields=True, include_extras=True)
    organizations = lmis.ask("organization_list", all_fields=True, include_extras=True)
    return {
        "names": names,
        "dataset_count": everything["count"],
        "observation_count": observations,
        "newest": dataset.releases(lmis.snapshot())[:NEWEST],
        "topics": [g for g in groups if g["package_count"]],
        "providers": [o for o in organizations if o["package_count"]],
        "sheets": sheets.index(lmis, names),
    }
