"""XML as a package may hold it, by expat: no DOCTYPE, not deep, elements told by their local names.

expat calls back once for each element, from C; nothing is kept of what was read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import IO
from xml.parsers import expat

MAX_DEPTH = 64
MAX_ATTRIBUTES = 256
MAX_TEXT = 1 << 20
_CHUNK = 1 << 16

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str, str], None]


class XmlRefused(Exception):
    """The XML is not well-formed, or holds what no statistical message needs."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


class _Locals(dict[str, str]):
    """`namespace name` → name, looked up once for each."""

    def __missing__(self, name: str) -> str:
        self[name] = name.rpartition(" ")[2]
        return self[name]


class Reader:
    """Feeds `start(name, attributes)` and `end(name, text)`; `line` is where the parser is."""

    def __init__(self, start: Start, end: End) -> None:
        self._start, self._end = start, end
        self._locals = _Locals()
        self._text: list[str] = []
        self._size = self._depth = 0
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype
        self._parser = parser

    @property
    def line(self) -> int:
        return self._parser.CurrentLineNumber

    def parse(self, stream: IO[bytes]) -> None:
        """Read all of `stream`. Raises XmlRefused."""
        try:
            while data := stream.read(_CHUNK):
                self._parser.Parse(data, False)
            self._parser.Parse(b"", True)
        except expat.ExpatError as exc:
            raise XmlRefused(f"it is not XML: {expat.ErrorString(exc.code)}", exc.lineno) from exc
        except (ValueError, LookupError) as exc:  # an encoding that Python does not have
            raise XmlRefused(f"it cannot be read: {exc}", self.line) from exc

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise XmlRefused(f"it is nested deeper than {MAX_DEPTH}", self.line)
        if len(attributes) > MAX_ATTRIBUTES:
            raise XmlRefused(f"an element has more than {MAX_ATTRIBUTES} attributes", self.line)
        if self._text:
            self._text.clear()
        self._size = 0
        self._start(self._locals[name], attributes)

    def _close(self, name: str) -> None:
        self._depth -= 1
        text = "".join(self._text)
        if self._text:
            self._text.clear()
        self._end(self._locals[name], text)

    def _characters(self, data: str) -> None:
        self._size += len(data)
        if self._size > MAX_TEXT:
            raise XmlRefused(f"a text is longer than {MAX_TEXT >> 20} MiB", self.line)
        self._text.append(data)

    def _doctype(self, *_: object) -> None:
        raise XmlRefused("it has a DOCTYPE", self.line)
