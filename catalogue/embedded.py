"""The embedded catalogue: one SQLite file that answers like a CKAN and shows one vintage at a time.

A row is one version of one record; a reader at vintage V sees of each record the newest version that is
not younger than V. The publisher can therefore write what will be public next while everybody still reads
what is public now, and the switch is the pointer's, not the catalogue's.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from catalogue.errors import Damaged

Record = dict[str, Any]

DATASET, ORGANIZATION, GROUP, VOCABULARY = "package", "organization", "group", "vocabulary"
ACTIVE, DELETED, PURGED = "active", "deleted", "purged"

# Words come as `words.of_text` made them, with blanks between.
_TOKENS = """tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'" """
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS record (
  doc INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL,
  vintage INTEGER NOT NULL, state TEXT NOT NULL, private INTEGER NOT NULL, body TEXT NOT NULL,
  UNIQUE (kind, id, vintage));
CREATE INDEX IF NOT EXISTS record_name ON record (kind, name);
CREATE INDEX IF NOT EXISTS record_state ON record (kind, state, private);
CREATE TABLE IF NOT EXISTS field (doc INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS field_value ON field (name, value, doc);
CREATE INDEX IF NOT EXISTS field_doc ON field (doc, name);
CREATE TABLE IF NOT EXISTS held (
  resource TEXT NOT NULL, vintage INTEGER NOT NULL, about TEXT NOT NULL, rows BLOB NOT NULL,
  PRIMARY KEY (resource, vintage));
CREATE VIRTUAL TABLE IF NOT EXISTS document USING fts5 (name, title, tags, groups, text, joined, {_TOKENS});
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (field UNINDEXED, value, joined, {_TOKENS});
CREATE VIRTUAL TABLE IF NOT EXISTS document_term USING fts5vocab (document, instance);
CREATE VIRTUAL TABLE IF NOT EXISTS words_term USING fts5vocab (words, instance);
"""
WORDS_OF_ONE = 4096  # a record's rows in `words` have the numbers from doc * this on

# A record's newest version at the vintage that is bound as :vintage.
VISIBLE = (
    "record.vintage = (SELECT max(v.vintage) FROM record v"
    " WHERE v.kind = record.kind AND v.id = record.id AND v.vintage <= :vintage)"
)

HELD = (
    "held.vintage = (SELECT max(v.vintage) FROM held v"
    " WHERE v.resource = held.resource AND v.vintage <= :vintage)"
)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Indexed:
    """What search finds a record by, in CKAN's Solr field names."""

    exact: tuple[tuple[str, str], ...]  # string fields: the whole value
    words: tuple[tuple[str, str, str], ...]  # text fields: name, the words in it, the joined ones
    ranked: tuple[str, ...]  # name, title, tags, groups, all text, joined: weighted for scores


NOTHING = Indexed((), (), ("",) * 6)


class Embedded:
    """The file; `at(vintage)` opens it as it was, or will be, at a vintage."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def at(
        self, vintage: int, now: Callable[[], datetime] = _now, writable: bool = False
    ) -> Iterator[Records]:
        """The records at `vintage`; what is written becomes visible from that vintage on.

        One transaction: everything that was written is kept at a clean end, nothing after an exception.
        `now` gives the time of `metadata_modified` (a publisher gives the release instant).
        """
        with self._transaction(writable) as connection:
            yield Records(connection, vintage, now)

    def discard_after(self, vintage: int) -> None:
        """Forget what an interrupted publication wrote for a vintage that never came."""
        with self._transaction(writable=True) as connection:
            docs = [
                row[0] for row in connection.execute("SELECT doc FROM record WHERE vintage > ?", (vintage,))
            ]
            for doc in docs:
                _forget(connection, doc)
                connection.execute("DELETE FROM record WHERE doc = ?", (doc,))
            connection.execute("DELETE FROM held WHERE vintage > ?", (vintage,))

    def forget_before(self, vintage: int) -> None:
        """Forget every version that nobody sees from `vintage` on; no byte of it stays in the file."""
        with self._transaction(writable=True) as connection:
            docs = connection.execute(
                f"SELECT doc FROM record WHERE vintage <= :vintage AND NOT {VISIBLE}", {"vintage": vintage}
            ).fetchall()
            for (doc,) in docs:
                _forget(connection, doc)
                connection.execute("DELETE FROM record WHERE doc = ?", (doc,))
            connection.execute(
                f"DELETE FROM held WHERE vintage <= :vintage AND NOT {HELD}", {"vintage": vintage}
            )
            for table in ("document", "words"):
                connection.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")
        with self._told(), closing(sqlite3.connect(self.path)) as connection:
            connection.execute("VACUUM")

    def copy(self, target: Path) -> None:
        """Write the file as it is at this moment to `target`, whoever else writes."""
        with (
            self._told(),
            closing(self._connect(writable=False)) as source,
            closing(sqlite3.connect(target)) as made,
        ):
            source.backup(made)

    def problems(self) -> list[str]:
        """What in the file is not as it was written."""
        try:
            with self._transaction(writable=False) as connection:
                told = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
                for (body,) in connection.execute("SELECT body FROM record"):
                    read(body)
                for about, rows in connection.execute("SELECT about, rows FROM held"):
                    _held(about, rows)
        except (Damaged, OSError) as exc:
            return [str(exc)]
        return told

    @contextmanager
    def _transaction(self, writable: bool) -> Iterator[sqlite3.Connection]:
        with self._told(), closing(self._connect(writable)) as connection, connection:
            yield connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Raises OSError for what the disk refuses, Damaged where the file is not what was written."""
        try:
            yield
        except sqlite3.OperationalError as exc:
            raise OSError(f"{self.path}: {exc}") from exc
        except sqlite3.DatabaseError as exc:
            if type(exc) is not sqlite3.DatabaseError:
                raise
            raise Damaged(f"{self.path}: {exc}") from exc

    def _connect(self, writable: bool) -> sqlite3.Connection:
        """A connection of one request. Rollback journal, not WAL: a reader needs no right to write.

        A reader that has the right all the same clears away what a killed writer left half done.
        """
        if writable and not self.path.exists():
            self.path.parent.mkdir(parents=True, exist_ok=True)
        if not writable and not self.path.exists():
            connection = sqlite3.connect(":memory:")
            connection.executescript(_SCHEMA)
            return connection
        mode = "rwc" if writable else "rw"  # SQLite takes read-only where the file allows no more
        connection = sqlite3.connect(f"{self.path.resolve().as_uri()}?mode={mode}", uri=True, timeout=30)
        if writable:
            connection.executescript(_SCHEMA)
            connection.execute("BEGIN IMMEDIATE")
        else:
            connection.execute("PRAGMA query_only = ON")
        return connection


def _sealed(body: str) -> str:
    """A record as it is kept: a hash, a blank, JSON. No figure is shown that the disk changed."""
    return f"{_hash(body)} {body}"


def _hash(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:16]


def read(kept: str) -> Record:
    """A record as it was put. Raises Damaged."""
    seal, _, body = kept.partition(" ")
    if seal != _hash(body):
        raise Damaged(f"a record of the catalogue is not what was written: {body[:60]}…")
    found: Record = json.loads(body)
    return found


def _held(about: str, rows: bytes) -> tuple[Record, bytes]:
    """A table as it was kept. Raises Damaged."""
    told = read(about)
    if told["sha256"] != hashlib.sha256(rows).hexdigest():
        raise Damaged("the rows of a table of the catalogue are not what was written")
    return told, rows


@dataclass
class Records:
    """The records of one vintage, within one transaction."""

    connection: sqlite3.Connection
    vintage: int
    now: Callable[[], datetime] = field(default=_now)
    _named: dict[tuple[Any, ...], Record | None] = field(default_factory=dict)

    def named(self, kind: str, key: str, states: tuple[str, ...] = (ACTIVE,)) -> Record | None:
        """As `get`, for the few records that many others name: read once, and not to be changed."""
        if (kind, key, states) not in self._named:
            self._named[kind, key, states] = self.get(kind, key, states)
        return self._named[kind, key, states]

    def get(self, kind: str, key: str, states: tuple[str, ...] = (ACTIVE,)) -> Record | None:
        """The record whose id, or else whose name, is `key`; an active one before a deleted one."""
        marks = ", ".join(f":state{i}" for i in range(len(states)))
        row = self.connection.execute(
            "SELECT body FROM record WHERE doc IN (SELECT doc FROM record WHERE kind = :kind AND id = :key"
            f" UNION SELECT doc FROM record WHERE kind = :kind AND name = :key) AND {VISIBLE}"
            f" AND state IN ({marks}) ORDER BY id = :key DESC, state, vintage DESC LIMIT 1",
            {"kind": kind, "key": key, "vintage": self.vintage}
            | {f"state{i}": state for i, state in enumerate(states)},
        ).fetchone()
        return read(row[0]) if row else None

    def all(self, kind: str, states: tuple[str, ...] = (ACTIVE,), private: bool = False) -> Iterator[Record]:
        """Every record of a kind in the order of names."""
        rows = self.connection.execute(
            f"SELECT body, state, private FROM record WHERE kind = :kind AND {VISIBLE} ORDER BY name, id",
            {"kind": kind, "vintage": self.vintage},
        )
        for body, state, hidden in rows:
            if state in states and (private or not hidden):
                yield read(body)

    def names(self, kind: str) -> list[str]:
        """The names of all active and public records of a kind in their order."""
        rows = self.connection.execute(
            f"SELECT name FROM record WHERE kind = :kind AND {VISIBLE} AND state = '{ACTIVE}' AND NOT private"
            " ORDER BY name, id",
            {"kind": kind, "vintage": self.vintage},
        )
        return [name for (name,) in rows]

    def with_resource(self, resource_id: str, states: tuple[str, ...] = (ACTIVE,)) -> Record | None:
        """The dataset that has the resource."""
        rows = self.connection.execute(
            f"SELECT body, state FROM record JOIN field USING (doc) WHERE kind = '{DATASET}' AND {VISIBLE}"
            " AND field.name = 'res_id' AND field.value = :id",
            {"id": resource_id, "vintage": self.vintage},
        ).fetchall()
        return next((read(body) for body, state in rows if state in states), None)

    def put(self, kind: str, record: Record, indexed: Indexed) -> None:
        """Keep `record` as it is from this vintage on; `id`, `name` and `state` are read from it."""
        self._named.clear()
        key = (kind, record["id"], self.vintage)
        old = self.connection.execute(
            "SELECT doc FROM record WHERE kind = ? AND id = ? AND vintage = ?", key
        ).fetchone()
        if old:
            _forget(self.connection, old[0])
        body = json.dumps(record, ensure_ascii=False, sort_keys=True)
        cursor = self.connection.execute(
            "INSERT OR REPLACE INTO record (doc, kind, id, vintage, name, state, private, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                old and old[0],
                *key,
                record["name"],
                record["state"],
                bool(record.get("private")),
                _sealed(body),
            ),
        )
        _index(self.connection, int(cursor.lastrowid or 0), indexed)

    def table(self, resource: str) -> tuple[Record, bytes] | None:
        """What clients wrote for the resource's datastore table, see `keep_table`."""
        row = self.connection.execute(
            f"SELECT about, rows FROM held WHERE resource = :resource AND {HELD}",
            {"resource": resource, "vintage": self.vintage},
        ).fetchone()
        told, rows = _held(*row) if row else ({}, b"")
        return (told, rows) if told.get("fields") is not None else None

    def tables(self) -> Iterator[tuple[str, Record]]:
        """Every table's resource and what is told of it."""
        rows = self.connection.execute(
            f"SELECT resource, about FROM held WHERE {HELD} ORDER BY resource", {"vintage": self.vintage}
        )
        for resource, about in rows:
            if (told := read(about)).get("fields") is not None:
                yield resource, told

    def keep_table(self, resource: str, about: Record | None, rows: bytes = b"") -> None:
        """Keep a table as it is from this vintage on: `about` has its fields, key and aliases; None when it
        is gone."""
        told = (about or {}) | {"sha256": hashlib.sha256(rows).hexdigest()}
        body = json.dumps(told, ensure_ascii=False, sort_keys=True)
        self.connection.execute(
            "INSERT OR REPLACE INTO held VALUES (?, ?, ?, ?)", (resource, self.vintage, _sealed(body), rows)
        )

    def words(self, index: str) -> list[str]:
        """Each word of the full-text index `document` or `words` once, whatever the vintage. A list of the
        connection's own: the file need not be written for it."""
        readonly = self.connection.execute("PRAGMA query_only").fetchone()[0]
        self.connection.execute("PRAGMA query_only = OFF")
        self.connection.execute(
            f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{index}_every USING fts5vocab (main, {index}, row)"
        )
        self.connection.execute(f"PRAGMA query_only = {readonly}")
        return [word for (word,) in self.connection.execute(f"SELECT term FROM temp.{index}_every")]

    def taken(self, kind: str, name: str, id: str | None, states: tuple[str, ...] = (ACTIVE,)) -> bool:
        """Whether another record of the kind has the name."""
        other = self.get(kind, name, states)
        return other is not None and other["name"] == name and other["id"] != id

    def time(self) -> str:
        """Now as CKAN writes it: UTC without a zone, microseconds."""
        return self.now().astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def _forget(connection: sqlite3.Connection, doc: int) -> None:
    connection.execute("DELETE FROM field WHERE doc = ?", (doc,))
    connection.execute("DELETE FROM document WHERE rowid = ?", (doc,))
    first = doc * WORDS_OF_ONE
    connection.execute("DELETE FROM words WHERE rowid BETWEEN ? AND ?", (first, first + WORDS_OF_ONE - 1))


def _index(connection: sqlite3.Connection, doc: int, indexed: Indexed) -> None:
    connection.executemany("INSERT INTO field VALUES (?, ?, ?)", [(doc, n, v) for n, v in indexed.exact])
    connection.executemany(
        "INSERT INTO words (rowid, field, value, joined) VALUES (?, ?, ?, ?)",
        [(doc * WORDS_OF_ONE + i, *row) for i, row in enumerate(indexed.words)],
    )
    connection.execute(
        "INSERT INTO document (rowid, name, title, tags, groups, text, joined) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (doc, *indexed.ranked),
    )
