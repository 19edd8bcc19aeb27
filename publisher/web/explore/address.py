"""An explorer's address: the parameters of an SDMX REST 2 data query, and how links and forms change them.

`/en/explore/DF_UNE?c[REF_AREA]=MYS,SGP&lastNObservations=12` shows what
`/sdmx/v2/data/dataflow/LMIS/DF_UNE/1.0.0/*?c[REF_AREA]=MYS,SGP&lastNObservations=12` answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, unquote

from publisher.errors import QuerySemanticError
from publisher.query import parse
from publisher.query.model import DataQuery
from publisher.structures.model import Dataflow
from publisher.structures.urns import Ref

TIME = "c[TIME_PERIOD]"
LAST = "lastNObservations"
AS_OF = "asOf"
# How the table lies and which part of it is shown are no part of the query: "periods" has periods down,
# series across.
ROWS, PERIODS_DOWN, PAGE = "rows", "periods", "page"
# What a form without JavaScript sends, and the address is rid of: periods from and to.
FROM, TO = "from", "to"
_SAFE = ":,*~+-._"


@dataclass(frozen=True)
class Address:
    dataflow: Ref
    parameters: Mapping[str, str]  # in the order written; names and values decoded

    @staticmethod
    def read(dataflow: Ref, query: str) -> Address:
        """The address that a raw query string writes; a parameter sent several times is a list.

        Browsers write a space as `+`, which SDMX means as AND: forms of ours send no spaces.
        """
        found: dict[str, str] = {}
        for part in query.split("&"):
            name, _, value = part.partition("=")
            name, value = unquote(name), unquote(value)
            if name and value:
                found[name] = f"{found[name]},{value}" if name in found else value
        return Address(dataflow, found)

    def tidy(self) -> Address:
        """The same with the form's own fields turned into the query's."""
        parameters = dict(self.parameters)
        first, last = parameters.pop(FROM, "").strip(), parameters.pop(TO, "").strip()
        limits = [f"ge:{first}"] * bool(first) + [f"le:{last}"] * bool(last)
        if limits:
            parameters[TIME] = "+".join(limits)
            parameters.pop(LAST, None)
        return Address(self.dataflow, parameters)

    def query(self) -> DataQuery:
        """What it asks. Raises QueryError."""
        found = parse("v2", f"data/{self._path}", self._asked)
        assert isinstance(found, DataQuery)
        return found

    def codes(self, dimension: str) -> tuple[str, ...]:
        """The codes chosen in a dimension; none when any will do, or the filter is more than a list."""
        value = self.parameters.get(f"c[{dimension}]", "")
        chosen = tuple(code.removeprefix("eq:") for code in value.split(",") if code)
        return () if any(":" in code or "+" in code for code in chosen) else chosen

    def limits(self) -> tuple[str, str]:
        """The first and last period asked for, "" where open."""
        found = {"ge": "", "le": ""}
        for part in self.parameters.get(TIME, "").split("+"):
            operator, _, value = part.partition(":")
            if operator in found:
                found[operator] = value
        return found["ge"], found["le"]

    def having(self, name: str, value: str | None) -> Address:
        """The same with one parameter changed in its place, or without it; another choice begins anew."""
        changed = {**self.parameters, name: value}
        if name not in (ROWS, PAGE):
            changed[PAGE] = None
        return Address(self.dataflow, {n: v for n, v in changed.items() if v})

    def choosing(self, dimension: str, codes: Iterable[str]) -> Address:
        return self.having(f"c[{dimension}]", ",".join(codes))

    def toggling(self, dimension: str, code: str) -> Address:
        """With the code added to what is chosen, or taken away."""
        chosen = self.codes(dimension)
        kept = [c for c in chosen if c != code]
        return self.choosing(dimension, kept if len(kept) < len(chosen) else (*chosen, code))

    @property
    def text(self) -> str:
        """The query string: brackets and commas stay readable, everything else is encoded."""
        return "&".join(_quoted(name, value) for name, value in self.parameters.items())

    @property
    def _path(self) -> str:
        ref = self.dataflow
        return f"dataflow/{ref.agency}/{ref.id}/{ref.version}/*"

    def page(self, language: str, ending: str = "", place: str = "explore") -> str:
        """The page, or with an ending (`.xlsx`) a file of what it shows."""
        text = f"?{self.text}" if self.parameters else ""
        return f"/{language}/{place}/{self.dataflow.id}{ending}{text}"

    @property
    def _asked(self) -> str:
        parameters = {n: v for n, v in self.parameters.items() if n not in (ROWS, PAGE)}
        return Address(self.dataflow, parameters).text

    @property
    def number(self) -> int:
        """The page of the table. Raises QuerySemanticError."""
        text = self.parameters.get(PAGE, "1")
        if not text.isdecimal() or len(text) > 9 or int(text) < 1:
            raise QuerySemanticError(f"page={text}: give a whole number from 1 on")
        return int(text)

    def on_page(self, number: int) -> Address:
        return self.having(PAGE, str(number) if number > 1 else None)

    @property
    def is_turned(self) -> bool:
        return self.parameters.get(ROWS) == PERIODS_DOWN

    def turned(self) -> Address:
        """The same with rows and columns changed over."""
        return self.having(ROWS, None if self.is_turned else PERIODS_DOWN)

    def sdmx(self, **more: str) -> str:
        """The path of the SDMX query, with the `format` extension and the like added."""
        text = "&".join(
            [self._asked] * bool(self._asked) + [f"{n}={quote(v, safe=_SAFE)}" for n, v in more.items()]
        )
        return f"/sdmx/v2/data/{self._path}" + (f"?{text}" if text else "")


@lru_cache(maxsize=1 << 14)
def _quoted(name: str, value: str) -> str:
    """A page has some hundred links, in which most parameters are the same."""
    return f"{quote(name, safe='[]')}={quote(value, safe=_SAFE)}"


def default(dataflow: Dataflow) -> Address:
    """What is shown first: the cell that the dataflow's annotation DEFAULT names, its last ten periods.

    Source of the annotation: the convention of SDMX data explorers.
    """
    titles = [a.title or "" for a in dataflow.annotations if "DEFAULT" in (a.id, a.type)]
    pairs = [pair.partition("=")[::2] for title in titles for pair in title.split(",") if "=" in pair]
    return Address(dataflow.ref, {f"c[{name}]": code for name, code in pairs} | {LAST: "10"})
