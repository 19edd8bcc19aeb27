"""Where the project's data folders are: `dsd`, `templates`, `demo`, `docs`.

Installed, they lie inside the package; in a checkout they lie beside it. Both work, so that
`pip install .`, `pip install -e .` and an uninstalled checkout behave alike.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The folder `name`. Raises FileNotFoundError when the installation lacks it.

    >>> (folder("dsd") / "lmis").name
    'lmis'
    """
    for place in (PACKAGE / name, PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"the installation lacks its folder {name!r}; install lmis-publisher again")
