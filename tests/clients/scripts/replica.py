"""Keeps a copy of every dataset right: python replica.py http://127.0.0.1:8470 copy.sqlite

It polls one small feed. What it does not know yet it asks for by the feed's own addresses: what changed
since, with deletions. Run it as often as you like; when nothing was released the feed answers 304.
"""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import sys
import urllib.error
import urllib.request
from collections.abc import Callable

# address, entity tag → status, entity tag, text
Fetch = Callable[[str, str], tuple[int, str, str]]
TABLES = """
CREATE TABLE IF NOT EXISTS feed (one INTEGER PRIMARY KEY, tag TEXT, until TEXT);
CREATE TABLE IF NOT EXISTS observation (dataflow TEXT, key TEXT, row TEXT, PRIMARY KEY (dataflow, key));
"""


def fetch(url: str, tag: str) -> tuple[int, str, str]:
    headers = {"Accept-Encoding": "identity", **({"If-None-Match": tag} if tag else {})}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60) as answer:
            return answer.status, answer.headers.get("ETag", ""), answer.read().decode()
    except urllib.error.HTTPError as error:
        if error.code == 304:
            return 304, tag, ""
        raise


def keep(base: str, copy: sqlite3.Connection, fetch: Fetch = fetch) -> int:
    """Bring `copy` to what is public; the number of rows that were written or deleted."""
    copy.executescript(TABLES)
    tag, until = copy.execute("SELECT tag, until FROM feed").fetchone() or ("", "")
    status, new_tag, text = fetch(f"{base}/feed.json", tag)
    if status == 304:
        return 0
    releases = json.loads(text)["items"]
    newest = max((item["date_published"] for item in releases), default=until)
    is_known = not until or any(
        item["date_published"] <= until for item in releases
    )  # else ask for all flows
    data = {
        dataset["dataflow"]: dataset["data"]
        for item in releases
        if item["date_published"] >= until or not is_known  # two may have one instant
        for dataset in item["_sdmx"]["datasets"]
    }
    since = f"updatedAfter={until}&" if until else ""
    touched = 0
    for dataflow, address in data.items():
        status, _, text = fetch(f"{address}?{since}format=csvdata&formatVersion=2.0.0", "")
        touched += apply(copy, dataflow, text) if status == 200 else 0
    copy.execute("INSERT OR REPLACE INTO feed VALUES (1, ?, ?)", (new_tag, newest))
    copy.commit()  # all or nothing: what breaks off is asked for again
    return touched


def apply(copy: sqlite3.Connection, dataflow: str, text: str) -> int:
    """Do what each row of SDMX-CSV says, in its order: ACTION D deletes the key, all others write it."""
    reader = csv.DictReader(io.StringIO(text))
    names = list(reader.fieldnames or ())
    dimensions = names[3 : names.index("TIME_PERIOD") + 1]  # after STRUCTURE, STRUCTURE_ID, ACTION
    touched = 0
    for row in reader:
        key = (dataflow, ".".join(row[name] for name in dimensions))
        if row["ACTION"] == "D":
            copy.execute("DELETE FROM observation WHERE dataflow = ? AND key = ?", key)
        else:
            held = {name: row[name] for name in names[3:] if not name.startswith("VALID_")}
            copy.execute("INSERT OR REPLACE INTO observation VALUES (?, ?, ?)", (*key, json.dumps(held)))
        touched += 1
    return touched


if __name__ == "__main__":
    with sqlite3.connect(sys.argv[2]) as copy:
        print(f"{keep(sys.argv[1], copy)} rows changed")
