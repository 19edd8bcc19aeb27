"""The settings of a home: `settings.toml` in it, then LMIS_* environment variables, then flags."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from publisher.errors import UsageError


@dataclass(frozen=True)
class Settings:
    """One deployment. Every field may stand in settings.toml, or as LMIS_<FIELD> in the environment."""

    home: Path
    dsd: tuple[Path, ...] = ()  # folders of structures, added to or instead of the bundled ones
    bundled_dsd: bool = True  # False: only the folders of `dsd`
    templates: tuple[Path, ...] = ()  # searched before the bundled templates
    base_url: str = "http://127.0.0.1:8470"  # as the public sees it; no slash at the end
    trusted_hosts: str = ""  # the only host names that are answered, with commas; empty: any
    allowed_hosts: str = ""  # whence packages may have resources fetched, with commas; empty: nothing is
    sender: str = "LMIS"  # Header/Sender of SDMX messages
    timezone: str = "UTC"  # of moments without an offset in SDMX queries, such as Asia/Jakarta
    two_persons: bool = True  # False: whoever submits a release may also be the one who approves it
    sheet_languages: str = ""  # of fact sheets made at a release, with commas; empty: as sheet.toml tells
    strict: bool = False  # True: unknown parameters of SDMX queries are errors, not warnings
    rate_limit: int = 60_000  # requests a minute that each web process answers to one client; 0: any number
    proxies: int = 0  # in front of the service: so many addresses at the right of X-Forwarded-For are true
    log_format: str = ""  # of serving processes: json or text; empty: text on a terminal, else json
    log_requests: bool = False  # True: every answer is a line of the log, not only what failed or was slow
    ckan_url: str = ""  # a real CKAN to keep right; empty: only the embedded catalogue
    table_rows: int = 250_000  # of a dataset whose rows a catalogue's datastore has too; 0: no dataset's
    ckan_vocabularies: bool = False  # True: countries and topics there are tags of two vocabularies
    ckan_token: str = ""  # only from the environment or a file: LMIS_CKAN_TOKEN

    @property
    def zone(self) -> ZoneInfo:
        """The time zone by its name. Raises UsageError when there is none of the name."""
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError) as exc:
            raise UsageError(
                f"timezone: there is no {self.timezone!r}; write an IANA name, such as Asia/Jakarta"
            ) from exc

    @property
    def hosts(self) -> tuple[str, ...]:
        """`allowed_hosts` one by one."""
        return tuple(host.strip() for host in self.allowed_hosts.split(",") if host.strip())

    def structures(self) -> tuple[Path, ...]:
        """The folders of structures, bundled first; later ones win where they redefine an artefact."""
        from publisher.folders import folder

        return ((folder("dsd"),) if self.bundled_dsd else ()) + self.dsd


def load(home: Path | str | None = None, environ: Mapping[str, str] = os.environ, **flags: Any) -> Settings:
    """Settings of `home` (default LMIS_HOME, else ./lmis-home). Raises UsageError on an unknown name."""
    place = Path(home or environ.get("LMIS_HOME") or "lmis-home").resolve()
    values: dict[str, Any] = {}
    toml = place / "settings.toml"
    names = {f.name for f in fields(Settings)} - {"home"}
    if toml.is_file():
        try:
            values = tomllib.loads(toml.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as exc:
            raise UsageError(f"{toml}: {exc}") from exc
        if unknown := sorted(values.keys() - (names - {"ckan_token"})):
            raise UsageError(
                f"{toml}: unknown setting {', '.join(unknown)}; known: {', '.join(sorted(names))}"
            )
    for name in names:
        if (value := environ.get(f"LMIS_{name.upper()}")) is not None:
            values[name] = value
    values |= {name: value for name, value in flags.items() if value is not None}
    return Settings(home=place, **{name: _typed(name, value) for name, value in values.items()})


def _typed(name: str, value: Any) -> Any:
    if name in ("dsd", "templates"):
        parts = value.split(os.pathsep) if isinstance(value, str) else value
        return tuple(Path(part) for part in parts if str(part))
    if name in ("bundled_dsd", "strict", "two_persons", "log_requests", "ckan_vocabularies"):
        return value if isinstance(value, bool) else str(value).lower() in ("1", "true", "yes", "on")
    if name in ("rate_limit", "proxies", "table_rows"):
        return _number(name, value)
    return str(value).rstrip("/") if name.endswith("_url") else str(value)


def _number(name: str, value: Any) -> int:
    if isinstance(value, bool) or not str(value).isdecimal():
        raise UsageError(f"{name}: {value!r} is no number; write a whole one, 0 or more")
    return int(value)
