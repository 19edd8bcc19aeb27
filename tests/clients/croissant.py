"""What MLCommons' own library says of each Croissant file of a folder, and the first rows it reads by it.

croissant.py FOLDER FILES    Croissant as FOLDER/*.json; FILES has what their distributions name
"""

import json
import sys
from itertools import islice
from pathlib import Path

import mlcroissant

ROWS = 50


def plain(value: object) -> object:
    """Text comes as bytes, an empty cell as NaN or None."""
    if isinstance(value, bytes):
        return value.decode()
    return None if value is None or value != value else value


def told(path: Path, files: Path) -> dict[str, object]:
    about = json.loads(path.read_text(encoding="utf-8"))
    at_hand = {f["@id"]: files / f["name"] for f in about["distribution"] if f["name"].endswith(".parquet")}
    try:
        found = mlcroissant.Dataset(jsonld=path, mapping=at_hand)
    except mlcroissant.ValidationError as exc:
        return {"errors": [str(exc)]}
    issues = found.metadata.ctx.issues
    rows = [
        {key.partition("/")[2]: plain(value) for key, value in row.items()}
        for row in islice(found.records("observations"), ROWS)
    ]
    return {"errors": sorted(issues.errors), "warnings": sorted(issues.warnings), "rows": rows}


def main() -> None:
    folder, files = map(Path, sys.argv[1:])
    print(json.dumps({path.stem: told(path, files) for path in sorted(folder.glob("*.json"))}, default=str))


if __name__ == "__main__":
    main()
