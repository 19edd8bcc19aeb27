"""How an SDMX provider and dataflow are called in a catalogue, in file names and in addresses."""

from __future__ import annotations

import re

from publisher.structures.urns import Ref


def slug(id: str) -> str:
    """An SDMX id as a CKAN name: `MYS_DOSM` is `mys-dosm`."""
    return re.sub(r"[^a-z0-9_-]", "-", id.lower().replace("_", "-"))


def dataset_name(provider: str, dataflow: Ref) -> str:
    """`mys-dosm-df-lf`. Also the name of its bulk files."""
    return f"{slug(provider)}-{slug(dataflow.id)}"
