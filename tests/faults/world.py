"""The small real world of the fault suites: a home with one release, and the next one as a package.

The figures are the Philippines' of the demo; the next release corrects one of them.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from pathlib import Path

from publisher.folders import folder

FIRST, NEXT = "phl-psa-2024-04", "phl-psa-2024-05"
PURGE, PURGED = "phl-psa-purge-1", ("PHL_PSA", "DF_UNE", "2020-Q2")  # the release that tells it; one cell
DATA = "/sdmx/v2/data/dataflow/LMIS/DF_UNE/1.0.0/*"
# Every public channel; `Home` answers each of them as before or each as after the release.
ASKED = (
    DATA,
    f"{DATA}?includeHistory=true",
    f"{DATA}?updatedAfter=2024-07-01T00:00:00Z",
    f"{DATA}?asOf=2024-07-01T00:00:00Z",
    "/sdmx/v2/data/dataflow/LMIS/DF_HEADLINE/1.0.0/*?format=csvdata",
    "/sdmx/v1/data/DF_UNE",
    "/sdmx/v2/availability/dataflow/LMIS/DF_UNE/1.0.0",
    "/sdmx/v2/structure/dataflow/LMIS/DF_UNE/1.0.0?references=all",
    "/api/3/action/package_search",
    "/api/3/action/package_show?id=phl-psa-df-une",
    "/feed.json",
    "/feed.atom",
    "/en/releases",
    f"/en/releases/{FIRST}",
    f"/en/releases/{NEXT}",
    f"/releases/{NEXT}/phl-psa-df-une.csv",
    "/files/1/phl-psa-df-une.csv",
    "/files/2/phl-psa-df-une.csv",
    "/files/3/phl-psa-df-une.csv",
    "/healthz?strict",
)


def packages(place: Path) -> tuple[Path, Path]:
    """The package of the release that is public, and of the one that is published into faults."""
    first, following = place / "first", place / "next"
    for target in (first, following):
        shutil.copytree(folder("demo") / "phl-psa-lfs", target)
    _correct(following)
    return first, following


def _correct(package: Path) -> None:
    text = _corrected((package / "df-une.csv").read_text(encoding="utf-8"))
    (package / "df-une.csv").write_text(text, encoding="utf-8", newline="\n")
    path = package / "datapackage.json"
    about = json.loads(path.read_text(encoding="utf-8"))
    about["sdmx"] |= {"release": "2024-05", "releaseDate": "2024-09-06T09:00:00+08:00"}
    size, digest = len(text.encode()), hashlib.sha256(text.encode()).hexdigest()
    about["resources"][0] |= {"bytes": size, "hash": f"sha256:{digest}"}
    path.write_text(json.dumps(about), encoding="utf-8")


def _corrected(text: str) -> str:
    rows = list(csv.DictReader(io.StringIO(text)))
    rows[3]["OBS_VALUE"] = "5.5"
    made = io.StringIO(newline="")
    writer = csv.DictWriter(made, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return made.getvalue()


def deployment(home: Path) -> None:
    """A home without fact sheets: making them takes seconds, and they are files like any others."""
    templates = home / "templates" / "factsheets"
    templates.mkdir(parents=True)
    bundled = (folder("templates") / "factsheets" / "sheet.toml").read_text(encoding="utf-8")
    (templates / "sheet.toml").write_text(bundled.replace("LMIS:DF_", "LMIS:NONE_"), encoding="utf-8")
    (home / "settings.toml").write_text(f'templates = ["{home / "templates"}"]\n', encoding="utf-8")


def state(folder: Path) -> str:
    """A hash of all names and contents below `folder`."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        found.update(f"{path.relative_to(folder)}\0".encode())
        found.update(hashlib.sha256(path.read_bytes()).digest() if path.is_file() else b"")
    return found.hexdigest()


def tree(home: Path) -> dict[str, str]:
    """Every file of a home → hash of its content; SQLite's pages differ from run to run, not its records."""
    return {
        path.relative_to(home).as_posix(): (
            "" if path.suffix == ".sqlite" else hashlib.sha256(path.read_bytes()).hexdigest()
        )
        for path in sorted(home.rglob("*"))
        if path.is_file()
    } | {f"{path.relative_to(home).as_posix()}/": "" for path in home.rglob("*") if path.is_dir()}
