"""Mends what a reader of a PDF hears and copies: one text for each cluster of letters, however it is drawn.

A typesetter draws the parts of a cluster that stand above or below the line (Khmer, Burmese, Lao) apart, and
says the whole cluster with each: extracted, it stands there twice. Here the parts that belong together
become one span with the text (`ActualText`, ISO 32000-1, 14.9.4), said once. What is drawn stays as it was.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import pikepdf
from pikepdf import Pdf

Instruction = tuple[bytes, bytes]  # as it is written, its operator
BEGIN, BEGIN_PLAIN, END, SHOWN, SPACED, FONT = b"BDC", b"BMC", b"EMC", b"Tj", b"TJ", b"Tf"
SAVED, RESTORED, MOVED, PLACED, TEXT, TEXT_ENDS, RENDERED = b"q", b"Q", b"cm", b"Tm", b"BT", b"ET", b"Tr"
BEGINS, SHOWS = frozenset({BEGIN, BEGIN_PLAIN}), frozenset({SHOWN, SPACED})
ARTIFACT = b"/Artifact"
FRAME = BEGINS | {SAVED, RESTORED, MOVED, TEXT, TEXT_ENDS, END}
ALLOWED = FRAME | SHOWS | {PLACED, RENDERED, FONT, b"cs", b"scn", b"gs"}
UPRIGHT = [1.0, 0.0, 0.0, -1.0]  # places are counted downwards, as the typesetter does
NEAR, HIGH = 0.01, 8.0  # points: the same place, and what is less than a line apart
REMEMBERED = 4096  # what spans and strings say: most are there many times
_LITERAL = rb"\((?:[^()\\]|\\.)*\)"
for _ in range(3):  # brackets in pairs may stand in a string as they are (ISO 32000-1, 7.3.4.2)
    _LITERAL = rb"\((?:[^()\\]|\\.|%s)*\)" % _LITERAL
_STRING = _LITERAL + rb"|<[0-9A-Fa-f]*>"
_NAME = rb"/[^\s/\[\]<>()]+"
_OPERAND = rb"%s|%s|<<(?:[^<>()]|%s)*>>|[][0-9.+-]+|\s+" % (_NAME, _STRING, _STRING)
_INSTRUCTION = re.compile(rb"\s*((?:%s)*([A-Za-z'\"]+[0-9*]?))" % _OPERAND, re.DOTALL)
_STRINGS = re.compile(_STRING, re.DOTALL)
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(.))", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_CHARS = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_FIRST = re.compile(_NAME)
_MCID = re.compile(rb"/MCID (\d+)")
_PAIR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>")


class Glyph(NamedTuple):
    font: bytes
    code: bytes
    text: str  # of the whole cluster that it is a part of
    at: int = 0  # its instruction's place in the block


@dataclass(eq=False)
class Block:
    """Marked content on the top of a page: a piece of an element, or of what is not read out."""

    owner: object  # equal for pieces of one element
    opening: Instruction | None  # None: a piece of what is not read out
    inside: list[Instruction] = field(default_factory=list)
    glyphs: list[Glyph] = field(default_factory=list)

    @cached_property
    def matrix(self) -> list[float]:
        """From its places to the page's; empty where it is more than upright text."""
        if not ALLOWED.issuperset([operator for _, operator in self.inside]):
            return []
        found = [_numbers(line) for line, operator in self.inside if operator == MOVED]
        return found[0] if len(found) == 1 and found[0][:4] == UPRIGHT else []


def mend(content: bytes) -> bytes:
    """The document with its text said once, in few bytes; the same bytes from the same document."""
    with Pdf.open(io.BytesIO(content)) as pdf:
        texts: dict[object, dict[bytes, str]] = {}
        for page in pdf.pages:
            _mend_page(pdf, page, texts)
        out = io.BytesIO()
        pdf.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            recompress_flate=True,
            deterministic_id=True,
        )
    return out.getvalue()


def _mend_page(pdf: Pdf, page: pikepdf.Page, texts: dict[object, dict[bytes, str]]) -> None:
    """`texts`: of the fonts of the pages before, which share them."""
    contents = page.Contents.read_bytes()
    if b"/ActualText" not in contents:  # every letter says itself
        return
    fonts = {}
    for name, font in page.resources.get("/Font", {}).items():
        if font.objgen not in texts:
            texts[font.objgen] = _texts(font)
        fonts[str(name).encode()] = texts[font.objgen]
    groups = list(_groups(list(_blocks(_instructions(contents), _owners(pdf, page), fonts))))
    if any(map(_is_parted, groups)):
        made = (line for group in groups for line, _ in _said_once(group))
        page.Contents = pdf.make_stream(b"\n".join(made))


def _instructions(contents: bytes) -> list[Instruction]:
    """What the typesetter wrote: no inline images, no comments."""
    return _INSTRUCTION.findall(contents)


def _owners(pdf: Pdf, page: pikepdf.Page) -> list[object]:
    """The element that each piece of marked content on the page belongs to."""
    if "/StructParents" not in page.obj:
        return []
    tree = pikepdf.NumberTree(pdf.Root.StructTreeRoot.ParentTree)
    return [one.objgen for one in tree[int(page.obj.StructParents)]]


def _texts(font: Any) -> dict[bytes, str]:
    """Code of a glyph → what it says."""
    table = font.get("/ToUnicode")
    found = (
        (pair for part in _CHARS.findall(table.read_bytes()) for pair in _PAIR.findall(part)) if table else ()
    )
    return {bytes.fromhex(c.decode()): bytes.fromhex(t.decode()).decode("utf-16-be") for c, t in found}


def _blocks(
    instructions: Iterable[Instruction], owners: list[object], fonts: dict[bytes, dict[bytes, str]]
) -> Iterator[Block | Instruction]:
    """The page in its order: marked content, and what stands between."""
    block: Block | None = None
    marks: list[str | None] = []  # what open spans say, the innermost last
    font, texts = b"", dict[bytes, str]()
    for instruction in instructions:
        line, operator = instruction
        if operator in BEGINS:
            said = _actual(line)
            marks.append(marks[-1] if said is None and marks else said)
            if block is None:
                block = Block(_owner(line, owners), instruction)
                continue
        elif operator == END:
            marks.pop()
            if not marks:
                assert block is not None
                yield from _pieces(block)
                block = None
                continue
        if block is None:
            yield instruction
            continue
        if operator == FONT:
            font = _first(line)
            texts = fonts.get(font, {})
        elif operator in SHOWS:
            said, at = marks[-1], len(block.inside)
            block.glyphs += [
                Glyph(font, code, texts.get(code, "") if said is None else said, at) for code in _codes(line)
            ]
        block.inside.append(instruction)


def _pieces(block: Block) -> Iterator[Block | Instruction]:
    """The block itself, or of what is not read out its drawings one by one."""
    if block.owner != ARTIFACT or block.opening is None or not block.glyphs:
        yield block
        return
    owner, depth, first = object(), 0, 0
    yield block.opening
    for at, instruction in enumerate(block.inside):
        operator = instruction[1]
        depth += (operator == SAVED) - (operator == RESTORED)
        if operator == SAVED and depth == 1:
            first = at
        elif operator == RESTORED and depth == 0:
            glyphs = [glyph for glyph in block.glyphs if first <= glyph.at <= at]
            yield Block(owner, None, block.inside[first : at + 1], glyphs)
        elif depth == 0:
            yield instruction
    yield _plainly(END)


def _actual(line: bytes) -> str | None:
    """The text that a span says in place of its glyphs."""
    return _said(line[line.index(b"<<") : line.rindex(b">>") + 2]) if b"/ActualText" in line else None


@lru_cache(maxsize=REMEMBERED)
def _said(properties: bytes) -> str:
    return str(pikepdf.Object.parse(properties)["/ActualText"])


def _owner(line: bytes, owners: list[object]) -> object:
    found = _MCID.search(line)
    if found is None:
        return _first(line)
    return owners[int(found[1])] if int(found[1]) < len(owners) else object()


def _first(line: bytes) -> bytes:
    """The first operand, a name."""
    found = _FIRST.match(line)
    assert found is not None, "the operator names something"
    return found[0]


def _numbers(line: bytes) -> list[float]:
    """The operands, all of them numbers."""
    return [float(operand) for operand in line.split()[:-1]]


@lru_cache(maxsize=REMEMBERED)
def _codes(line: bytes) -> tuple[bytes, ...]:
    """The glyphs that are shown, two bytes each (Identity-H)."""
    found: list[bytes] = []
    for string in _STRINGS.findall(line):
        raw = string[1:-1]
        if string[:1] == b"<":
            raw = bytes.fromhex(raw.decode())
        elif b"\\" in raw:
            raw = _ESCAPE.sub(_plain, raw)
        found += [raw[at : at + 2] for at in range(0, len(raw), 2)]
    return tuple(found)


def _plain(escape: re.Match[bytes]) -> bytes:
    return bytes([int(escape[1], 8)]) if escape[1] else _ESCAPED.get(escape[2], escape[2])


def _groups(parts: Sequence[Block | Instruction]) -> Iterator[list[Block | Instruction]]:
    """Pieces of one element that stand on one line, together."""
    group: list[Block | Instruction] = []
    for part in parts:
        if group and not _goes_on(group[-1], part):
            yield group
            group = []
        group.append(part)
    if group:
        yield group


def _goes_on(before: Block | Instruction, part: Block | Instruction) -> bool:
    if not (isinstance(before, Block) and isinstance(part, Block)) or before.owner != part.owner:
        return False
    if not (before.matrix and part.matrix and before.glyphs and part.glyphs):
        return False
    return part.matrix[4] >= before.matrix[4] - NEAR and abs(part.matrix[5] - before.matrix[5]) < HIGH


def _is_parted(group: Sequence[Block | Instruction]) -> bool:
    """Whether letters of it are drawn in parts, or stand above or below the line."""
    blocks = [part for part in group if isinstance(part, Block) and part.matrix]
    glyphs = [glyph for block in blocks for glyph in block.glyphs]
    return len({block.matrix[5] for block in blocks}) > 1 or any(
        one.text == other.text and one.code != other.code for one, other in pairwise(glyphs)
    )


def _said_once(group: Sequence[Block | Instruction]) -> Iterator[Instruction]:
    blocks = [part for part in group if isinstance(part, Block)]
    if not _is_parted(group):
        for part in group:
            yield from _marked(part.opening, part.inside) if isinstance(part, Block) else (part,)
        return
    text = "".join(_clusters([glyph for block in blocks for glyph in block.glyphs]))
    said = b"<</ActualText<FEFF%s>>>" % text.encode("utf-16-be").hex().upper().encode()
    moved = [_number(value) for value in blocks[0].matrix]
    made = [_plainly(SAVED), _written(moved, MOVED), _plainly(TEXT), _written([b"/Span", said], BEGIN)]
    made += [instruction for drawn in _level(blocks) for instruction in drawn]
    made += [_plainly(END), _plainly(TEXT_ENDS), _plainly(RESTORED)]
    yield from _marked(blocks[0].opening, made)
    for block in blocks[1:]:  # elements go on naming them
        yield from _marked(block.opening, [])


def _marked(opening: Instruction | None, inside: Sequence[Instruction]) -> Iterator[Instruction]:
    yield from (opening, *inside, _plainly(END)) if opening else inside


def _plainly(operator: bytes) -> Instruction:
    """An instruction without operands."""
    return operator, operator


def _written(operands: Sequence[bytes], operator: bytes) -> Instruction:
    return b" ".join([*operands, operator]), operator


def _level(blocks: Sequence[Block]) -> Iterator[list[Instruction]]:
    """The drawing, as one text object begun and ended on the line: readers place a text by both ends."""
    first = blocks[0]
    level = [block for block in blocks if abs(block.matrix[5] - first.matrix[5]) < NEAR]
    others = [block for block in blocks if block not in level]
    yield _within(level[0], first)
    yield from (_within(block, first) for block in (*others, *level[1:]))
    if others and len(level) == 1:
        hidden = _written([b"3"], RENDERED)
        yield [hidden if one[1] == RENDERED else one for one in _within(first, first)]


def _within(block: Block, first: Block) -> list[Instruction]:
    """What shows the block's text, with places counted from those of `first`."""
    right, down = block.matrix[4] - first.matrix[4], first.matrix[5] - block.matrix[5]
    made: list[Instruction] = []
    for instruction in block.inside:
        line, operator = instruction
        if operator == PLACED:
            *turned, x, y = line.split()[:-1]
            places = [_number(float(x) + right), _number(float(y) + down)]
            made.append(_written([*turned, *places], operator))
        elif operator not in FRAME:
            made.append(instruction)
    return made


def _number(value: float) -> bytes:
    return f"{value:.5f}".rstrip("0").rstrip(".").encode()


def _clusters(glyphs: Sequence[Glyph]) -> Iterator[str]:
    """The text of each cluster once. A cluster begins anew with its first glyph."""
    first: Glyph | None = None
    for glyph in glyphs:
        if first is None or glyph.text != first.text or glyph[:3] == first[:3]:
            first = glyph
            yield glyph.text
