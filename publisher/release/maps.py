"""`lmis dsd maps`: the code maps of national tables as SDMX RepresentationMaps, written beside their CSV.

The CSV is what people edit; the XML is what the service gives out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from publisher.errors import StructureError
from publisher.formats.message import Header, StructureMessage
from publisher.formats.structure_ml import write_30
from publisher.package.harmonise.codemap import CodeMap
from publisher.structures import model as m
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref

NAMES = "maps.toml"
_PREPARED = datetime(2026, 1, 1, tzinfo=UTC)  # the same for every file: what changes is the content


def written(root: Path, registry: Registry) -> Iterator[tuple[Path, bytes]]:
    """(file, content) of each code map in the folder of structures `root`. Raises StructureError."""
    for place in sorted(root.glob(f"maps/*/{NAMES}")):
        names = tomllib.loads(place.read_text(encoding="utf-8"))
        for path in sorted(place.parent.glob("*.csv")):
            if path.stem not in names:
                raise StructureError(
                    f"{place.parent.name}/{NAMES} has no names for {path.name}; add [{path.stem}]"
                )
            artefact = representation_map(CodeMap.load(path), place.parent.name, names[path.stem], registry)
            yield place.parent / f"{artefact.id}.xml", _message(artefact)


def representation_map(
    codes: CodeMap, provider: str, names: dict[str, str], registry: Registry
) -> m.RepresentationMap:
    """The pairs that count. SDMX has no weights and nothing for codes left out: those stay in the CSV."""
    targets = [_codelist(name, registry) for name in codes.targets]
    pairs = [one for pairs in codes.choices.values() for one in pairs if len(pairs) == 1]
    return m.RepresentationMap(
        f"RM_{provider}_{codes.name.upper()}",
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


def _message(artefact: m.RepresentationMap) -> bytes:
    header = Header(artefact.id, _PREPARED, artefact.agency, languages=tuple(artefact.name))
    content = b"".join(bytes(chunk) for chunk in write_30(StructureMessage(header, (artefact,))))
    return content.replace(b"><", b">\n<") + b"\n"  # a line an element, so that a diff shows a pair
