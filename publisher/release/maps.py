"""`lmis dsd maps`: national tables as SDMX StructureMaps and RepresentationMaps, beside layout and CSV.

Layout and CSV are what people edit; the XML is what the service gives out.
"""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from publisher.errors import StructureError
from publisher.formats.message import Header, StructureMessage
from publisher.formats.structure_ml import write_30
from publisher.package.harmonise import layout
from publisher.package.harmonise.codemap import CodeMap
from publisher.release import table_maps
from publisher.structures import model as m
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref

NAMES, VARIABLE = "maps.toml", "variable"
_PREPARED = datetime(2026, 1, 1, tzinfo=UTC)  # the same for every file: what changes is the content


def written(root: Path, registry: Registry) -> Iterator[tuple[Path, bytes]]:
    """(file, content) of each code map and table below the folder `root`. Raises StructureError."""
    for place in sorted(root.glob(f"maps/*/{NAMES}")):
        names = tomllib.loads(place.read_text(encoding="utf-8"))
        for path in sorted(place.parent.glob("*.csv")):
            if path.stem not in names:
                raise StructureError(
                    f"{place.parent.name}/{NAMES} has no names for {path.name}; add [{path.stem}]"
                )
            codes = representation_map(CodeMap.load(path), place.parent.name, names[path.stem], registry)
            yield place.parent / f"{codes.id}.xml", _message(codes)
        for path, artefact in _tables(place.parent, names.get(VARIABLE, {}), registry):
            yield path / f"{artefact.id}.xml", _message(artefact)


def bring(roots: Sequence[Path]) -> Iterator[Path]:
    """Write what is not as it should be, take away what no CSV or layout makes; gives what it changed.

    What it makes is not read: a layout that was renamed would else leave references to what is gone.
    """
    with TemporaryDirectory() as scratch:
        copies = [Path(scratch) / str(number) for number in range(len(roots))]
        for root, copy in zip(roots, copies, strict=True):
            shutil.copytree(root, copy, ignore=partial(_made, root))
        registry = Registry.load(*copies)
    for root in roots:
        right = dict(written(root, registry))
        for path, content in right.items():
            if not path.is_file() or path.read_bytes() != content:
                path.write_bytes(content)
                yield path
        made = {path for path in root.glob("maps/**/*.xml") if _is_made(root, path)}
        for path in sorted(made - right.keys()):
            path.unlink()
            yield path


def _made(root: Path, place: str, names: list[str]) -> list[str]:
    return [name for name in names if _is_made(root, Path(place, name))]


def _is_made(root: Path, path: Path) -> bool:
    """Whether a file is one of ours: its name has the provider's."""
    parts = path.relative_to(root).parts
    if len(parts) < 3 or parts[0] != "maps":
        return False
    return re.fullmatch(rf"(CS|DSD|RM|SM)_{re.escape(parts[1])}(_\w+)?\.xml", path.name) is not None


def _tables(
    place: Path, names: table_maps.Names, registry: Registry
) -> Iterator[tuple[Path, m.Maintainable]]:
    """The provider's tables as structures, and the maps from them to ours."""
    folders = sorted(path.parent for path in place.glob("*/layout.toml"))
    layouts = [layout.load(f"{place.name}/{folder.name}", folder) for folder in folders]
    agency = ""
    for folder, its in zip(folders, layouts, strict=True):
        definitions = [registry.definition(_dataflow(short)) for short in its.dataflows]
        agency = definitions[0].structure.agency
        yield folder, table_maps.structure(its, agency, definitions[0])
        made: dict[Ref, m.Maintainable] = {}
        for definition in definitions:
            made |= {found.ref: found for found, _ in table_maps.periods(its, definition)}
            to_ours = table_maps.structure_map(its, definition, place.name)
            made[to_ours.ref] = to_ours
        yield from ((folder, artefact) for artefact in made.values())
    if layouts:
        yield place, table_maps.concepts(place.name, layouts, names, agency)


def _dataflow(short: str) -> Ref:
    agency, _, rest = short.partition(":")
    name, _, version = rest.rstrip(")").partition("(")
    return Ref("dataflow", agency, name, version)


def representation_map(
    codes: CodeMap, provider: str, names: dict[str, str], registry: Registry
) -> m.RepresentationMap:
    """The pairs that count. SDMX has no weights and nothing for codes left out: those stay in the CSV."""
    targets = [_codelist(name, registry) for name in codes.targets]
    pairs = [one for pairs in codes.choices.values() for one in pairs if len(pairs) == 1]
    return m.RepresentationMap(
        table_maps.code_map(codes, provider, targets[0].agency).id,
        name=m.Text(names),
        agency=targets[0].agency,
        source_codelists=tuple("String" for _ in codes.sources),
        target_codelists=tuple(targets),
        mappings=tuple(
            m.ValueMapping(tuple(map(m.MappedValue, pair.source)), pair.target)
            for pair in pairs
            if not pair.is_left_out
        ),
    )


def _codelist(component: str, registry: Registry) -> Ref:
    """The newest code list that a structure gives `component`. Raises StructureError."""
    found = [
        resolved.codes.ref
        for flow in registry.find("dataflow")
        for resolved in [registry.definition(flow.ref).components.get(component)]
        if resolved is not None and resolved.codes is not None
    ]
    if not found:
        raise StructureError(f"no structure has a coded component {component}, which a code map leads to")
    return max(found, key=lambda ref: [int(part) for part in ref.version.split(".") if part.isdigit()])


def _message(artefact: m.Maintainable) -> bytes:
    header = Header(artefact.id, _PREPARED, artefact.agency, languages=tuple(artefact.name))
    content = b"".join(bytes(chunk) for chunk in write_30(StructureMessage(header, (artefact,))))
    return content.replace(b"><", b">\n<") + b"\n"  # a line an element, so that a diff shows a pair
