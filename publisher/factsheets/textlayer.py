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
from functools import cached_property
from itertools import pairwise
from typing import Any

import pikepdf
from pikepdf import Pdf

Instruction = tuple[list[bytes], str]  # operands as they are written, operator
BEGIN, BEGIN_PLAIN, END, SHOWN, SPACED, FONT = "BDC", "BMC", "EMC", "Tj", "TJ", "Tf"
SAVED, RESTORED, MOVED, PLACED, TEXT, TEXT_ENDS, RENDERED = "q", "Q", "cm", "Tm", "BT", "ET", "Tr"
ARTIFACT = b"/Artifact"
FRAME = frozenset({SAVED, RESTORED, MOVED, TEXT, TEXT_ENDS, BEGIN, BEGIN_PLAIN, END})
ALLOWED = FRAME | {PLACED, RENDERED, SHOWN, SPACED, FONT, "cs", "scn", "gs"}
UPRIGHT = [1.0, 0.0, 0.0, -1.0]  # places are counted downwards, as the typesetter does
NEAR, HIGH = 0.01, 8.0  # points: the same place, and what is less than a line apart
_STRING = rb"\((?:[^()\\]|\\.)*\)"
for _ in range(3):  # brackets in pairs may stand in a string as they are (ISO 32000-1, 7.3.4.2)
    _STRING = rb"\((?:[^()\\]|\\.|%s)*\)" % _STRING
_STRING += rb"|<[0-9A-Fa-f]*>"
_TOKEN = re.compile(
    rb"%s|<<(?:[^<>()]|%s)*>>|\[(?:[^\]()<>]|%s)*\]|/?[^\s/\[\]<>()]+" % (_STRING, _STRING, _STRING),
    re.DOTALL,
)
_STRINGS = re.compile(_STRING, re.DOTALL)
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(.))", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_CHARS = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_MCID = re.compile(rb"/MCID (\d+)")
_PAIR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>")


@dataclass(frozen=True)
class Glyph:
    font: str
    code: bytes
    text: str  # of the whole cluster that it is a part of
    at: int = field(default=0, compare=False)  # its instruction's place in the block


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
        found = [list(map(float, operands)) for operands, operator in self.inside if operator == MOVED]
        is_text = all(operator in ALLOWED for _, operator in self.inside)
        return found[0] if is_text and len(found) == 1 and found[0][:4] == UPRIGHT else []


def mend(content: bytes) -> bytes:
    """The document with its text said once, in few bytes; the same bytes from the same document."""
    with Pdf.open(io.BytesIO(content)) as pdf:
        for page in pdf.pages:
            _mend_page(pdf, page)
        out = io.BytesIO()
        pdf.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            recompress_flate=True,
            deterministic_id=True,
        )
    return out.getvalue()


def _mend_page(pdf: Pdf, page: pikepdf.Page) -> None:
    owners = _owners(pdf, page)
    fonts = {str(name): _texts(font) for name, font in page.resources.get("/Font", {}).items()}
    contents = page.Contents.read_bytes()
    if b"/ActualText" not in contents:  # every letter says itself
        return
    parts = list(_blocks(_instructions(contents), owners, fonts))
    groups = list(_groups(parts))
    if any(map(_is_parted, groups)):
        made = (instruction for group in groups for instruction in _said_once(group))
        written = (b" ".join([*operands, operator.encode()]) for operands, operator in made)
        page.Contents = pdf.make_stream(b"\n".join(written))


def _instructions(contents: bytes) -> Iterator[Instruction]:
    """What the typesetter wrote: no inline images, no comments."""
    operands: list[bytes] = []
    for found in _TOKEN.finditer(contents):
        token = found[0]
        if token[:1] in b"/([<+-.0123456789":
            operands.append(token)
        else:
            yield operands, token.decode("ascii")
            operands = []


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
    instructions: Iterable[Instruction], owners: list[object], fonts: dict[str, dict[bytes, str]]
) -> Iterator[Block | Instruction]:
    """The page in its order: marked content, and what stands between."""
    block: Block | None = None
    marks: list[str | None] = []  # the texts of open spans
    font = ""
    for operands, operator in instructions:
        instruction = (operands, operator)
        if operator in (BEGIN, BEGIN_PLAIN):
            marks.append(_actual(operands))
            if block is None:
                block = Block(_owner(operands, owners), instruction)
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
            font = operands[0].decode()
        elif operator in (SHOWN, SPACED):
            said = next((text for text in reversed(marks) if text is not None), None)
            texts, at = fonts.get(font, {}), len(block.inside)
            shown = ((code, texts.get(code, "") if said is None else said) for code in _codes(operands[0]))
            block.glyphs += [Glyph(font, code, text, at) for code, text in shown]
        block.inside.append(instruction)


def _pieces(block: Block) -> Iterator[Block | Instruction]:
    """The block itself, or of what is not read out its drawings one by one."""
    if block.owner != ARTIFACT or block.opening is None or not block.glyphs:
        yield block
        return
    owner, depth, first = object(), 0, 0
    yield block.opening
    for at, (operands, operator) in enumerate(block.inside):
        depth += (operator == SAVED) - (operator == RESTORED)
        if operator == SAVED and depth == 1:
            first = at
        elif operator == RESTORED and depth == 0:
            glyphs = [glyph for glyph in block.glyphs if first <= glyph.at <= at]
            yield Block(owner, None, block.inside[first : at + 1], glyphs)
        elif depth == 0:
            yield (operands, operator)
    yield ([], END)


def _actual(operands: list[bytes]) -> str | None:
    """The text that a span says in place of its glyphs."""
    if b"/ActualText" not in operands[-1]:
        return None
    return str(pikepdf.Object.parse(operands[-1])["/ActualText"])


def _owner(operands: list[bytes], owners: list[object]) -> object:
    found = _MCID.search(operands[-1])
    if found is None:
        return operands[0]
    return owners[int(found[1])] if int(found[1]) < len(owners) else object()


def _codes(shown: bytes) -> Iterator[bytes]:
    """The glyphs that are shown, two bytes each (Identity-H)."""
    for string in _STRINGS.findall(shown):
        raw = (
            bytes.fromhex(string[1:-1].decode()) if string[:1] == b"<" else _ESCAPE.sub(_plain, string[1:-1])
        )
        yield from (raw[at : at + 2] for at in range(0, len(raw), 2))


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
    made: list[Instruction] = [([], SAVED), (moved, MOVED), ([], TEXT), ([b"/Span", said], BEGIN)]
    made += [instruction for drawn in _level(blocks) for instruction in drawn]
    made += [([], END), ([], TEXT_ENDS), ([], RESTORED)]
    yield from _marked(blocks[0].opening, made)
    for block in blocks[1:]:  # elements go on naming them
        yield from _marked(block.opening, [])


def _marked(opening: Instruction | None, inside: Sequence[Instruction]) -> Iterator[Instruction]:
    yield from (opening, *inside, ([], END)) if opening else inside


def _level(blocks: Sequence[Block]) -> Iterator[list[Instruction]]:
    """The drawing, as one text object begun and ended on the line: readers place a text by both ends."""
    first = blocks[0]
    level = [block for block in blocks if abs(block.matrix[5] - first.matrix[5]) < NEAR]
    others = [block for block in blocks if block not in level]
    yield _within(level[0], first)
    yield from (_within(block, first) for block in (*others, *level[1:]))
    if others and len(level) == 1:
        yield [([b"3"], RENDERED) if operator == RENDERED else (operands, operator)
               for operands, operator in _within(first, first)]  # fmt: skip


def _within(block: Block, first: Block) -> list[Instruction]:
    """What shows the block's text, with places counted from those of `first`."""
    right, down = block.matrix[4] - first.matrix[4], first.matrix[5] - block.matrix[5]
    made: list[Instruction] = []
    for operands, operator in block.inside:
        if operator == PLACED:
            x, y = float(operands[4]) + right, float(operands[5]) + down
            made.append(([*operands[:4], _number(x), _number(y)], operator))
        elif operator not in FRAME:
            made.append((operands, operator))
    return made


def _number(value: float) -> bytes:
    return f"{value:.5f}".rstrip("0").rstrip(".").encode()


def _clusters(glyphs: Sequence[Glyph]) -> Iterator[str]:
    """The text of each cluster once. A cluster begins anew with its first glyph."""
    first: Glyph | None = None
    for glyph in glyphs:
        if first is None or glyph.text != first.text or glyph == first:
            first = glyph
            yield glyph.text
