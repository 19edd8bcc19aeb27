"""Runs a rule's VTL 2.1 script with vtlengine, over rows that are numbers.

vtlengine is an extra (`lmis-publisher[vtl]`) and is imported when a rule has rows to run on.
"""

from __future__ import annotations

import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
MOST = 1_000_000  # rows in one run, so that memory stays flat


class EngineMissing(Exception):
    """vtlengine is not installed."""


@cache
def _engine() -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it sets an option that pandas 3 no longer has
            import vtlengine
    except ImportError as exc:
        raise EngineMissing("vtlengine is not installed") from exc
    return vtlengine


@cache
def script(path: Path) -> str:
    """The text of a script, read once."""
    return path.read_text(encoding="utf-8")


def ruleset(equations: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    """Equations as a hierarchical ruleset named PARTITION.

    >>> ruleset((("_T", ("F", "M")),))
    "define hierarchical ruleset PARTITION (variable rule ITEM) is '_T' = 'F' + 'M' end hierarchical ruleset;"
    """
    lines = [f"'{whole}' = " + " + ".join(f"'{part}'" for part in parts) for whole, parts in equations]
    body = "; ".join(lines)
    return f"define hierarchical ruleset PARTITION (variable rule ITEM) is {body} end hierarchical ruleset;"


def fault(text: str) -> str | None:
    """Why the engine cannot parse the script `text`; None where it can, or is not installed."""
    sample = f"{ruleset((('A', ('B', 'C')),))}\n{text}" if "PARTITION rule" in text else text
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _engine().API.create_ast(sample)
    except EngineMissing:
        return None
    except Exception as exc:  # a foreign library: any failure is its answer
        return str(exc)
    return None


def run(text: str, share: float, key: Ids, item: npt.NDArray[Any], values: Numbers, half: Numbers) -> Any:
    """The data set FINDINGS of the script `text`: a pandas table with KEY, ITEM, EXPECTED and TOLERANCE."""
    import pandas as pd

    frames = {
        name: pd.DataFrame({"KEY": key, "ITEM": item, "OBS_VALUE": measure})
        for name, measure in (("OBS", values), ("HALF", half))
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = _engine().run(
            script=text,
            data_structures={
                "datasets": [_structure(name) for name in frames],
                "scalars": [{"name": "SHARE", "type": "Number"}],
            },
            datapoints=frames,
            scalar_values={"SHARE": share},
            use_duckdb=True,
        )
    return found["FINDINGS"].data


_COMPONENTS = (
    ("KEY", "Integer", "Identifier"),
    ("ITEM", "String", "Identifier"),
    ("OBS_VALUE", "Number", "Measure"),
)


def _structure(name: str) -> dict[str, Any]:
    described = [
        {"name": name, "type": kind, "role": role, "nullable": role == "Measure"}
        for name, kind, role in _COMPONENTS
    ]
    return {"name": name, "DataStructure": described}
