"""The structures of a deployment, and how a user names a dataflow."""

from __future__ import annotations

from publisher.errors import UsageError
from publisher.settings import Settings
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref


def registry(settings: Settings) -> Registry:
    """The structures of `settings`. Raises StructureError with everything that is wrong in them."""
    return Registry.load(*settings.structures())


def dataflow(structures: Registry, name: str) -> Ref:
    """The dataflow that `name` means: `DF_LF`, `LMIS:DF_LF` or `LMIS:DF_LF(1.0.0)`, newest version.

    Raises UsageError when there is none, or several agencies have one.
    """
    agency, _, rest = name.rpartition(":")
    id_, _, version = rest.rstrip(")").partition("(")
    found = structures.find("dataflow", (agency or "*",), (id_,), (version or "~",))
    if len(found) == 1:
        return found[0].ref
    known = ", ".join(flow.id for flow in structures.find("dataflow"))
    problem = "several dataflows are" if found else "no dataflow is"
    raise UsageError(f"{problem} called {name!r}; known: {known}")
