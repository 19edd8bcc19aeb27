"""Errors of datapackage.json, of hashes, and of archives."""

from __future__ import annotations

import hashlib
import io
import stat
import tarfile
import zipfile
from collections.abc import Callable
from random import Random
from typing import Any

from publisher.structures.model import DataProviderScheme
from publisher.structures.registry import Registry
from tests.package.mutants import forms
from tests.package.mutants.sheet import Draft, Plant, Planted

DESCRIPTOR = "datapackage.json"


def package(name: str, value: Any, column: str | None = None) -> Plant:
    """A property of the package, `sdmx.` ones among them; None takes it away, a function changes it."""

    def plant(draft: Draft, rng: Random) -> Planted | None:
        place = draft.package["sdmx"] if name.startswith("sdmx.") else draft.package
        key = name.removeprefix("sdmx.")
        old = place.pop(key, None)
        new = value(old, rng) if callable(value) else value
        if new is not None:
            place[key] = new
        return Planted(column=name if column is None else column or None, file=DESCRIPTOR)

    return plant


def resource(name: str, value: Any, column: str | None = None) -> Plant:
    """A property of the resource; the finding names `resources[0].…` unless `column` says otherwise."""

    def plant(draft: Draft, rng: Random) -> Planted | None:
        sheet = draft.sheet
        text = sheet.file
        sheet.write, data = (lambda its: data), forms.plain(sheet)
        place = sheet.resource["sdmx"] if name.startswith("sdmx.") else sheet.resource
        key = name.removeprefix("sdmx.")
        new = value(place.get(key), rng) if callable(value) else value
        draft.extra[text] = data
        if new is None:
            del place[key]
        else:
            place[key] = new
        if key == "path":
            draft.after = lambda files: {n: d for n, d in files.items() if n in (DESCRIPTOR, text)}
        told = f"resources[0].{name}" if column is None else column or None
        return Planted(column=told, file=DESCRIPTOR)

    return plant


def misspelt(text: str, rng: Random) -> str:
    at = rng.randrange(len(text))
    return text[:at] + text[at + 1 :]


def other_version(text: str, rng: Random) -> str:
    return f"{text.partition('(')[0]}({rng.randint(2, 9)}.0.0)"


def no_agreement(registry: Registry) -> Plant:
    """The name of an office that may not file the table."""

    def plant(draft: Draft, rng: Random) -> Planted:
        own = {
            a.provider.item for a in registry.agreements(draft.sheet.definition.dataflow.ref) if a.provider
        }
        every = [
            p
            for s in registry.find("dataproviderscheme")
            if isinstance(s, DataProviderScheme)
            for p in s.items
        ]
        draft.package["sdmx"]["dataProvider"] = rng.choice([p for p in every if p not in own])
        return Planted(column="resources[0].sdmx.dataflow", file=DESCRIPTOR)

    return plant


def other_bytes(draft: Draft, rng: Random) -> Planted:
    """Any byte of the table was changed after it was described."""
    data = forms.plain(draft.sheet)
    draft.sheet.resource["hash"] = f"sha256:{hashlib.sha256(data).hexdigest()}"
    at = rng.randrange(len(data))
    changed = data[:at] + bytes([data[at] ^ rng.randint(1, 255)]) + data[at + 1 :]
    draft.sheet.write = lambda its: changed
    return Planted(file=draft.sheet.file)


def other_size(draft: Draft, rng: Random) -> Planted:
    draft.sheet.resource["bytes"] = len(forms.plain(draft.sheet)) + rng.choice((-1, 1, 100))
    return Planted(file=draft.sheet.file)


def weak_hash(draft: Draft, rng: Random) -> Planted:
    data = forms.plain(draft.sheet)
    draft.sheet.resource["hash"] = rng.choice(
        (hashlib.md5(data).hexdigest(), f"sha1:{hashlib.sha1(data).hexdigest()}", "sha256:00")
    )
    return Planted(file=draft.sheet.file)


def schema(change: Callable[[list[dict[str, Any]], Random], str | None]) -> Plant:
    """A schema that differs from the table; the change gives the column that the finding names."""

    def plant(draft: Draft, rng: Random) -> Planted | None:
        fields: list[dict[str, Any]] = [{"name": name, "type": "any"} for name in draft.sheet.header]
        column = change(fields, rng)
        draft.sheet.resource["schema"] = {"fields": fields}
        return Planted(column=column, line=1)

    return plant


def fewer(fields: list[dict[str, Any]], rng: Random) -> None:
    del fields[rng.randrange(len(fields))]


def swapped(fields: list[dict[str, Any]], rng: Random) -> None:
    one, other = rng.sample(range(len(fields)), 2)
    fields[one], fields[other] = fields[other], fields[one]


def pattern(draft: Draft, rng: Random) -> Planted | None:
    """One cell does not match the pattern of its field."""
    sheet = draft.sheet
    row = rng.randrange(len(sheet.rows))
    sheet.add("COMMENT_OBS", ["survey" if n != row else "survey 2" for n in range(len(sheet.rows))])
    fields = [{"name": n, "type": "any"} for n in sheet.header]
    fields[sheet.at("COMMENT_OBS")] = {"name": "COMMENT_OBS", "type": "string", "constraints": {"pattern": "[a-z]+"}}  # type: ignore[dict-item]  # fmt: skip
    sheet.resource["schema"] = {"fields": fields}
    return Planted(row, "COMMENT_OBS")


def text_of(change: Callable[[bytes, Random], bytes], line: int | None = None) -> Plant:
    """The text of datapackage.json itself."""

    def plant(draft: Draft, rng: Random) -> Planted:
        draft.after = lambda files: files | {DESCRIPTOR: change(files[DESCRIPTOR], rng)}
        return Planted(file=DESCRIPTOR, line=line)

    return plant


def cut(data: bytes, rng: Random) -> bytes:
    return data[: rng.randrange(1, len(data) - 1)]


def repeated(data: bytes, rng: Random) -> bytes:
    return data.replace(b'"resources":', b'"name": "other", "resources":', 1)


def gone(draft: Draft, rng: Random) -> Planted:
    """The file of the resource was not sent."""
    own = draft.sheet.file
    draft.after = lambda files: {name: data for name, data in files.items() if name != own}
    return Planted(file=DESCRIPTOR)


def two_of_one_file(draft: Draft, rng: Random) -> Planted:
    other = draft.copy_of_sheet()
    other.resource["name"] = "again"
    draft.sheets.append(other)
    return Planted(file=DESCRIPTOR)


def two_actions(draft: Draft, rng: Random) -> Planted:
    other = draft.copy_of_sheet()
    other.resource |= {"name": "more", "path": "more.csv"}
    other.resource["sdmx"] |= {"action": rng.choice(("Merge", "Delete"))}
    draft.sheets.append(other)
    return Planted(column="resources[1].sdmx", file=DESCRIPTOR)


def accepted(draft: Draft, rng: Random) -> Planted:
    """A warning is accepted that the check does not give."""
    draft.package["sdmx"]["accepted"] = [{"code": "byte-order-mark", "row": 2, "reason": "As published."}]
    return Planted(column="sdmx.accepted[0]", file=DESCRIPTOR)


# -- archives -------------------------------------------------------------------------------------


def _zip(files: dict[str, bytes], mode: int = 0, flags: int = 0) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if mode and name != DESCRIPTOR:
                info.external_attr = mode << 16
            archive.writestr(info, data)
    data = out.getvalue()
    if flags:  # APPNOTE 4.4.4: bit 0 of the general purpose flags says that the member is encrypted
        for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = data.index(mark) + offset
            data = data[:at] + bytes([data[at] | flags]) + data[at + 1 :]
    return data


def _tar(files: dict[str, bytes], kind: bytes = tarfile.REGTYPE, target: str = "") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            if kind != tarfile.REGTYPE and name != DESCRIPTOR:
                info.type, info.linkname, info.size = kind, target, 0
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


Packed = tuple[bytes, str]  # the archive, and the member that is wrong


def archive(pack: Callable[[dict[str, bytes], Random], Packed]) -> Plant:
    """The package as an archive that is wrong."""

    def plant(draft: Draft, rng: Random) -> Planted:
        data, file = pack(draft.files(), rng)
        draft.pack = lambda files: data
        return Planted(file=file)

    return plant


UNSAFE = ("../jobs.csv", "/etc/jobs.csv", "a/../../jobs.csv", "C:\\jobs.csv", "jobs:1.csv", "CON.csv", "~/jobs.csv", "jobs\u200b.csv")  # fmt: skip


def _table(files: dict[str, bytes]) -> str:
    return next(name for name in files if name != DESCRIPTOR)


def _either(files: dict[str, bytes], rng: Random) -> bytes:
    return _zip(files) if rng.random() < 0.5 else _tar(files)


def slipping(files: dict[str, bytes], rng: Random) -> Packed:
    name = rng.choice(UNSAFE)
    return _either(files | {name: b"x"}, rng), name


def linked(files: dict[str, bytes], rng: Random) -> Packed:
    if rng.random() < 0.5:
        return _zip(files, mode=rng.choice((stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR)) | 0o644), _table(files)
    kind = rng.choice((tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE))
    return _tar(files, kind, "/etc/passwd"), _table(files)


def truncated(files: dict[str, bytes], rng: Random) -> Packed:
    data = _zip(files)
    return data[: rng.randrange(len(data) // 2, len(data) - 22)], ""


def locked(files: dict[str, bytes], rng: Random) -> Packed:
    return _zip(files, flags=1), DESCRIPTOR


def nested(files: dict[str, bytes], rng: Random) -> Packed:
    return _either(files | {"more.zip": _zip({"x": b"1"})}, rng), "more.zip"


def twins(files: dict[str, bytes], rng: Random) -> Packed:
    name = _table(files).upper()
    return _either(files | {name: b"x"}, rng), name


def bomb(files: dict[str, bytes], rng: Random) -> Packed:
    return _either(files | {"zeros.txt": bytes(4 << 20)}, rng), ""
