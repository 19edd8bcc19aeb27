"""Makes docs/images/report.png: the report on Malaysia's monthly table with mistakes planted in it.

python docs/images/report.py [CHROMIUM]
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from publisher.cli import main
from publisher.folders import folder

HERE = Path(__file__).parent
# row as Excel numbers it, column, what a hand slipped to
MISTAKES = (
    (3, "FREQ", "MONTHLY"),
    (4, "OBS_VALUE", "63,8"),
    (7, "TIME_PERIOD", "Jun 2010"),
    (9, "OBS_STATUS", ""),
    (10, "INDICATOR", "EAP_DWAP_RAT"),
    (192, "OBS_VALUE", "12168.4"),
)
CROP = "1200,1330"


def planted(out: Path) -> Path:
    """The package of October 2025 with the mistakes."""
    shutil.copytree(folder("demo") / "mys-dosm-lfs-2025-10", out)
    path = out / "datapackage.json"
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    for resource in descriptor["resources"]:
        del resource["hash"], resource["bytes"]
    path.write_text(json.dumps(descriptor), encoding="utf-8")
    table = out / "df-lf.csv"
    with table.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    for row, column, text in MISTAKES:
        rows[row - 2][head.index(column)] = text
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows])
    return out


def shoot(page: Path, image: Path, chromium: str) -> None:
    """A picture of the top of the page."""
    words = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={CROP}")
    command = [chromium, *words, f"--screenshot={image}", page.as_uri()]
    subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    with TemporaryDirectory() as scratch:
        package = planted(Path(scratch) / "mys-dosm-lfs-2025-10")
        report = Path(scratch) / "report.html"
        main(["validate", str(package), "--home", f"{scratch}/home", "--quiet", "--report", str(report)])
        shoot(report, HERE / "report.png", *(sys.argv[1:] or ["chromium"]))
