"""Where records of a CSV file begin: line numbers as a person counts them, by numpy over the bytes.

A record is a line, except that line ends between quotation marks belong to their cell, and that
empty lines are no records. RFC 4180; the header is a record too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Positions = npt.NDArray[np.signedinteger]
_LF, _CR = 10, 13
_HEAD = 1 << 16
_FEW = 2_000  # quotation marks that are looked up one by one


def sequence(start: int, stop: int) -> Positions:
    """The numbers from `start` to before `stop`, in half the bytes where they fit."""
    return np.arange(start, stop, dtype=np.int32 if stop < 2**31 else np.int64)


@dataclass(frozen=True)
class Lines:
    """The layout of `data`, UTF-8 or another encoding that keeps ASCII."""

    data: bytes
    delimiter: str = ","
    quote: str = '"'

    @cached_property
    def _bytes(self) -> npt.NDArray[np.uint8]:
        return np.frombuffer(self.data, np.uint8)

    @cached_property
    def _quotes(self) -> Positions:
        mark = self.quote.encode("ascii")
        few: list[int] = []
        at = self.data.find(mark)  # far quicker than looking at each byte, and what offices send
        while at >= 0 and len(few) < _FEW:
            few.append(at)
            at = self.data.find(mark, at + 1)
        return np.array(few, np.int64) if at < 0 else np.flatnonzero(self._bytes == ord(mark))

    def _outside(self, positions: Positions) -> Positions:
        """Those that are not between quotation marks: an even number of marks before them."""
        if not len(self._quotes):
            return positions
        inside = np.searchsorted(self._quotes, positions) % 2 == 1
        outside: Positions = positions[~inside]
        return outside

    @cached_property
    def _ends(self) -> Positions:
        """Every line end: LF, CR LF (its LF) or CR."""
        if b"\r" not in self.data or self.data.count(b"\r") == self.data.count(b"\r\n"):
            return np.flatnonzero(self._bytes == _LF)
        after = np.append(self._bytes[1:], 0)
        return np.flatnonzero((self._bytes == _LF) | ((self._bytes == _CR) & (after != _LF)))

    @cached_property
    def _record_ends(self) -> Positions:
        """The line ends that are not inside a cell."""
        return self._outside(self._ends)

    @cached_property
    def _bounds(self) -> tuple[Positions, Positions]:
        """First byte of each record and the byte after its last, line end not included."""
        ends = self._record_ends
        starts = np.concatenate(([3 if self.data.startswith(b"\xef\xbb\xbf") else 0], ends + 1))
        stops = np.append(ends, len(self.data))
        if b"\r" in self.data:
            stops = stops - ((stops > starts) & (self._bytes[np.maximum(stops - 1, 0)] == _CR))
        full = stops > starts
        return starts[full], stops[full]

    @cached_property
    def breaks_in_cells(self) -> bool:
        """Whether a cell between quotation marks has a line end."""
        return bool(len(self._quotes)) and len(self._record_ends) < len(self._ends)

    @property
    def first(self) -> int:
        """The line on which the first record begins, without a look at the others."""
        head = self.data[:_HEAD].removeprefix(b"\xef\xbb\xbf")
        blank = head[: len(head) - len(head.lstrip(b"\r\n"))]
        if len(blank) == len(head):
            return int(self.numbers[0])
        return 1 + blank.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n")

    def of_records(self, count: int) -> Positions:
        """The numbers of the records after the first, of which a reader found `count`."""
        if not len(self._quotes) and b"\r" not in self.data and self.first == 1:
            lines = self.data.count(b"\n") + (not self.data.endswith(b"\n"))
            if lines == count + 1:
                return sequence(2, lines + 1)  # a record a line
        return self.numbers[1:]

    @cached_property
    def numbers(self) -> Positions:
        """The line on which each record begins; the first line is 1."""
        starts = self._bounds[0]
        if not self.breaks_in_cells and len(starts) == len(self._ends) + (
            not self.data.endswith((b"\n", b"\r"))
        ):
            return sequence(1, len(starts) + 1)  # a record a line
        return np.searchsorted(self._ends, starts) + 1

    @cached_property
    def widths(self) -> Positions:
        """The number of cells of each record."""
        commas = self._outside(np.flatnonzero(self._bytes == ord(self.delimiter)))
        starts, stops = self._bounds
        return np.searchsorted(commas, stops) - np.searchsorted(commas, starts) + 1

    @cached_property
    def sizes(self) -> Positions:
        """The number of bytes of each record."""
        starts, stops = self._bounds
        return stops - starts

    def only(self, records: Positions) -> bytes:
        """The text with `records` alone, each with its line end."""
        starts = self._bounds[0]
        ends = np.append(starts[1:], len(self.data))
        change = np.zeros(len(self.data) + 1, np.int8)
        change[starts[records]] += 1
        np.subtract.at(change, ends[records], 1)
        return self._bytes[np.cumsum(change, dtype=np.int8)[:-1] > 0].tobytes()

    def line_of(self, position: int) -> int:
        """The line that holds the byte at `position`."""
        return int(np.searchsorted(self._ends, position)) + 1

    def stray_quote(self) -> int | None:
        """Line of the first quotation mark that neither begins nor ends a cell; None when all do.

        A reader would take it for text or for a quotation, and which one differs between readers.
        """
        if not len(self._quotes):
            return None
        border = np.zeros(256, bool)
        border[[_LF, _CR, ord(self.delimiter), ord(self.quote)]] = True
        openers, closers = self._quotes[::2], self._quotes[1::2]
        begin, last = 3 if self.data.startswith(b"\xef\xbb\xbf") else 0, len(self.data) - 1
        free = openers[~border[self._bytes[openers - 1]]]
        open_end = closers[~border[self._bytes[np.minimum(closers + 1, last)]]]
        wrong = np.concatenate((free[free != begin], open_end))
        if len(self._quotes) % 2:
            wrong = np.append(wrong, self._quotes[-1])
        return self.line_of(int(wrong.min())) if len(wrong) else None
