"""All data of a data structure as one cube: what its dataflows hold together, each observation once.

SDMX REST doc/data.md `context`: asked by data structure, the answer is one data set for it. Like
every cube it is disposable: built when first asked for, and named by what it is made of.
"""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

from publisher.store.cube import Cube, empty, open_cube
from publisher.store.engine import connect, ident, key, literal
from publisher.store.home import WHOLE
from publisher.store.index import cube_folder
from publisher.store.vintage import Snapshot, cube_name
from publisher.structures.definition import Definition
from publisher.structures.model import Dataflow, DataStructure
from publisher.structures.registry import Registry
from publisher.structures.resolve import resolve_definition
from publisher.structures.urns import Ref


def cube_of(snapshot: Snapshot, structure: Ref) -> Cube:
    """The data of a dataflow, or of all dataflows of a data structure. Raises NotFound when unknown."""
    if structure.kind == "dataflow":
        return snapshot.cube(structure)
    if structure.urn not in snapshot._cubes:
        definition = definition_of(snapshot.registry, structure)
        name = name_of(snapshot, structure)
        snapshot._cubes[structure.urn] = (
            open_cube(_folder(snapshot, structure, definition, name), definition)
            if name
            else empty(definition)
        )
    return snapshot._cubes[structure.urn]


def name_of(snapshot: Snapshot, structure: Ref) -> str | None:
    """The name of the cube: the same for the same content; None: nobody has released anything of it."""
    if structure.kind == "dataflow":
        name: str | None = snapshot.record["cubes"].get(structure.short)
        return name
    made_of: dict[str, str] = {}
    for flow in flows(snapshot, structure):
        made_of |= snapshot.made_of(flow)
    if not made_of:
        return None
    return WHOLE + cube_name({structure.urn: "", **made_of}, snapshot.record["structures"])


def definition_of(registry: Registry, structure: Ref) -> Definition:
    """The definition of a dataflow, or that of a data structure as if it were one."""
    if structure.kind == "dataflow":
        return registry.definition(structure)
    found = registry.get(structure)
    assert isinstance(found, DataStructure)
    flow = Dataflow(found.id, found.name, agency=found.agency, version=found.version, structure=found.ref)
    return resolve_definition(registry, flow)


def flows(snapshot: Snapshot, structure: Ref) -> list[Ref]:
    """The dataflows that data of `structure` are delivered in, in the order of the registry."""
    registry = snapshot.registry
    return [
        flow.ref
        for flow in registry.find("dataflow")
        if isinstance(flow, Dataflow)
        and flow.structure
        and registry.resolve(flow.structure) == structure
        and flow.ref not in snapshot.views
    ]


def _folder(snapshot: Snapshot, structure: Ref, definition: Definition, name: str) -> Path:
    if (there := snapshot.folder / "index" / name).is_dir():
        return there
    made = snapshot.scratch / f"whole.{secrets.token_hex(4)}"
    made.mkdir(parents=True)
    try:
        states = _states(snapshot, structure, definition, made)
        return cube_folder(snapshot.folder, name, definition, states, snapshot.scratch)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _states(snapshot: Snapshot, structure: Ref, definition: Definition, made: Path) -> dict[str, Path]:
    """Provider → Parquet in `made`. An observation that several dataflows have is that of the first."""
    parts, providers = [], set()
    for number, flow in enumerate(flows(snapshot, structure)):
        for provider, path in sorted(snapshot.states(flow).items()):
            providers.add(provider)
            parts.append(
                f"SELECT *, {number} AS _flow, {literal(provider)} AS _provider "
                f"FROM read_parquet({literal(path.as_posix())})"
            )
    keys = ", ".join(ident(component.id) for component in key(definition))
    with connect(made / "tmp") as con:
        con.execute(
            f"CREATE VIEW every AS SELECT DISTINCT ON ({keys}) * FROM ({' UNION ALL BY NAME '.join(parts)}) "
            f"ORDER BY {keys}, _flow, _provider"
        )
        for provider in providers:
            own = f"SELECT * EXCLUDE (_flow, _provider) FROM every WHERE _provider = {literal(provider)}"
            con.execute(
                f"COPY ({own}) TO {literal((made / f'{provider}.parquet').as_posix())} (FORMAT parquet)"
            )
    return {provider: made / f"{provider}.parquet" for provider in providers}
