"""The part of the Lucene query language that CKAN's clients use, as frozen data.

Source: Lucene classic query parser syntax with `q.op=AND`, and Solr's DisMax with CKAN's `mm=2<-1 5<80%`,
which CKAN uses for a `q` without a colon.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalogue.errors import SearchError

# What CKAN says of any query that Solr does not understand; Solr's own words follow there.
UNREADABLE = "'SOLR returned an error running query'"
LIMIT = 500  # clauses in one query; Solr's own limit is 1024
DEPTH = 30  # parentheses within parentheses


@dataclass(frozen=True)
class Term:
    """One word; `*` and `?` in it are wild cards unless it was in quotes."""

    field: str | None
    value: str
    is_phrase: bool = False

    @property
    def is_wild(self) -> bool:
        return not self.is_phrase and bool(re.search(r"(?<!\\)[*?]", self.value))


@dataclass(frozen=True)
class Range:
    field: str | None
    low: str | None  # None: open
    high: str | None
    includes_low: bool
    includes_high: bool


@dataclass(frozen=True)
class Loose:
    """A word as people type it: any part of it will do; a phrase needs all of them in a row."""

    value: str
    is_phrase: bool = False


@dataclass(frozen=True)
class Everything:
    """`*:*`"""


@dataclass(frozen=True)
class Clauses:
    """All of `must`, none of `never`, and at least `least` of `should`."""

    must: tuple[Node, ...] = ()
    should: tuple[Node, ...] = ()
    never: tuple[Node, ...] = ()
    least: int = 0


Node = Term | Loose | Range | Everything | Clauses

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<range>(?P<open>[\[{])\s*(?P<low>"[^"]*"|[^\s\]}]+)\s+TO\s+(?P<high>"[^"]*"|[^\s\]}]+)\s*(?P<close>[\]}]))
    | (?P<phrase>"(?:[^"\\]|\\.)*")(?:~\d+)?
    | (?P<conj>AND\b|OR\b|&&|\|\|)
    | (?P<not>NOT\b|!|-)
    | (?P<plus>\+)
    | (?P<left>\() | (?P<right>\))
    | (?P<boost>\^[\d.]+)
    | (?P<word>(?:[^\s()"\[\]{}:^~\\]|\\.)+)(?:~[\d.]*)?(?P<colon>:)?
    )""",
    re.VERBOSE,
)


@dataclass
class _Parser:
    text: str
    at: int = 0
    count: int = 0

    def _next(self, advance: bool = True) -> re.Match[str] | None:
        if not self.text[self.at :].strip():
            return None
        match = _TOKEN.match(self.text, self.at)
        if not match:
            raise SearchError(UNREADABLE)
        if advance:
            self.at = match.end()
        return match

    def clauses(self, field: str | None, depth: int) -> Node:
        """Up to the closing parenthesis or the end. The rules of Lucene's `addClause` with AND as default."""
        kept: list[tuple[str, Node]] = []
        while (token := self._next(advance=False)) and not token["right"]:
            conj = self._conjunction(token, bool(kept))
            if kept and conj and kept[-1][0] != "never":
                kept[-1] = ("should" if conj == "OR" else "must", kept[-1][1])
            modifier = self._modifier()
            node = self._clause(field, depth)
            kept.append((modifier or ("should" if conj == "OR" else "must"), node))
        return _gather(kept)

    def _conjunction(self, token: re.Match[str], allowed: bool) -> str | None:
        if not token["conj"]:
            return None
        if not allowed:
            raise SearchError(UNREADABLE)
        self.at = token.end()
        return "OR" if token["conj"] in ("OR", "||") else "AND"

    def _modifier(self) -> str | None:
        token = self._next(advance=False)
        if token and (token["not"] or token["plus"]):
            self.at = token.end()
            return "never" if token["not"] else "must"
        return None

    def _clause(self, field: str | None, depth: int) -> Node:
        self.count += 1
        token = self._next()
        if token is None or self.count > LIMIT or depth > DEPTH:
            raise SearchError(UNREADABLE)
        node = self._simple(token, field, depth)
        while (boost := self._next(advance=False)) and boost["boost"]:
            self.at = boost.end()
        return node

    def _simple(self, token: re.Match[str], field: str | None, depth: int) -> Node:
        if token["word"] and token["colon"]:
            named = unescape(token["word"])
            return self._field_value(named, depth)
        if token["word"]:
            return Everything() if token["word"] == "*" and field is None else Term(field, token["word"])
        if token["phrase"]:
            return Term(field, unescape(token["phrase"][1:-1]), is_phrase=True)
        if token["range"]:
            low, high = (None if v == "*" else v.strip('"') for v in (token["low"], token["high"]))
            return Range(field, low, high, token["open"] == "[", token["close"] == "]")
        if token["left"]:
            node = self.clauses(field, depth + 1)
            if not (self._next() or {"right": None})["right"]:
                raise SearchError(UNREADABLE)
            return node
        raise SearchError(UNREADABLE)

    def _field_value(self, field: str, depth: int) -> Node:
        token = self._next()
        if token is None or token["colon"]:
            raise SearchError(UNREADABLE)
        if field == "*" and token["word"] == "*":
            return Everything()
        return self._simple(token, field, depth)


def _gather(kept: list[tuple[str, Node]]) -> Node:
    parts = {kind: tuple(n for k, n in kept if k == kind) for kind in ("must", "should", "never")}
    if len(kept) == 1 and not parts["never"]:
        return kept[0][1]
    return Clauses(**parts, least=1 if parts["should"] and not parts["must"] else 0)


def unescape(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value)


def parse(query: str) -> Node:
    """The query's meaning. Raises SearchError when it does not follow the grammar or is too large."""
    if not query.strip():
        return Everything()
    parser = _Parser(query)
    node = parser.clauses(None, 0)
    if parser.at < len(query.rstrip()):
        raise SearchError(UNREADABLE)
    return node


_LOOSE = re.compile(r'([+-]?)(?:"([^"]*)"|([^\s"]+))')
MM = "2<-1 5<80%"  # CKAN's: of three to five words one may be missing, of more 20 %


def dismax(query: str, mm: str = MM) -> Node:
    """Words as people type them. A `q` of nothing but words to leave out finds nothing, as in Solr."""
    if query.count('"') % 2:
        query = query.replace('"', "")
        if not query.strip():
            raise SearchError(UNREADABLE)
    parts: dict[str, list[Node]] = {"+": [], "-": [], "": []}
    for sign, phrase, word in _LOOSE.findall(query)[:LIMIT]:
        if re.search(r"[^\W_]", phrase or word):
            parts[sign].append(Loose(phrase or word, is_phrase=bool(phrase)))
    if not parts["+"] and not parts[""]:
        return Clauses(least=1)
    return Clauses(tuple(parts["+"]), tuple(parts[""]), tuple(parts["-"]), _least(len(parts[""]), mm))


def _least(wanted: int, mm: str) -> int:
    """Solr's "minimum should match": a number, a percentage, or either above so many words."""
    least = wanted
    for part in mm.split():
        above, sign, rule = part.rpartition("<")
        if sign and wanted <= int(above):
            break
        match = re.fullmatch(r"(-?\d+)(%?)", rule)
        if not match:
            raise SearchError(UNREADABLE)
        number = int(match[1])
        number = int(wanted * number / 100) if match[2] else number
        least = wanted + number if rule.startswith("-") else number
    return max(0, min(wanted, least))
