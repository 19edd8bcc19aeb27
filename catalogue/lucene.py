"""The part of the Lucene query language that CKAN's clients use, as frozen data.

Source: Lucene classic query parser syntax with `q.op=AND`, and Solr's DisMax with CKAN's `mm=2<-1 5<80%`,
which CKAN uses for a `q` without a colon.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalogue.errors import SearchError

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
class Everything:
    """`*:*`"""


@dataclass(frozen=True)
class Clauses:
    """All of `must`, none of `never`, and at least `least` of `should`."""

    must: tuple[Node, ...] = ()
    should: tuple[Node, ...] = ()
    never: tuple[Node, ...] = ()
    least: int = 0


Node = Term | Range | Everything | Clauses

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
            rest = self.text[self.at :].strip()[:20]
            raise SearchError(f"Cannot parse {self.text[:200]!r}: unexpected {rest!r}")
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
            raise SearchError(f"Cannot parse {self.text[:200]!r}: {token['conj']} without a term before it")
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
            problem = "a term is missing at the end" if token is None else f"more than {LIMIT} clauses"
            raise SearchError(f"Cannot parse {self.text[:200]!r}: {problem}")
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
                raise SearchError(f"Cannot parse {self.text[:200]!r}: a closing parenthesis is missing")
            return node
        raise SearchError(f"Cannot parse {self.text[:200]!r}: unexpected {token[0].strip()!r}")

    def _field_value(self, field: str, depth: int) -> Node:
        token = self._next()
        if token is None or token["colon"]:
            raise SearchError(f"Cannot parse {self.text[:200]!r}: no value after {field}:")
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
    if query.lstrip().startswith("{!"):
        raise SearchError("Local parameters are not supported in a query")
    if not query.strip():
        return Everything()
    parser = _Parser(query)
    node = parser.clauses(None, 0)
    if parser.at < len(query.rstrip()):
        raise SearchError(f"Cannot parse {query[:200]!r}: unexpected {query[parser.at :].strip()[:20]!r}")
    return node


_LOOSE = re.compile(r'([+-]?)(?:"([^"]*)"|([^\s"]+))')


def dismax(query: str) -> Node:
    """Words as people type them, never an error; of three to five one may be missing, of more 20 %."""
    if query.lstrip().startswith("{!"):
        raise SearchError("Local parameters are not supported in a query")
    parts: dict[str, list[Node]] = {"+": [], "-": [], "": []}
    for sign, phrase, word in _LOOSE.findall(query)[:LIMIT]:
        if (phrase or word).strip("*"):
            parts[sign].append(Term(None, phrase or word.strip("()[]{}^~*?\\!"), is_phrase=True))
    wanted = len(parts[""])
    least = wanted if wanted <= 2 else wanted - 1 if wanted <= 5 else wanted * 80 // 100
    if not any(parts.values()):
        return Everything()
    return Clauses(tuple(parts["+"]), tuple(parts[""]), tuple(parts["-"]), least)
