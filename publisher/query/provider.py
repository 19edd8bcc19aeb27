"""`providerRef`: `ID` or `AGENCY,ID`, several joined by `+`.

Source: SDMX REST 1.5.0 data queries; REST 2.2.2 doc/metadata.md, where it is the same.
"""

from __future__ import annotations

from publisher.query.model import Provider
from publisher.query.text import FORMS, refuse

ALL = ("all", "ALL", "*")
_FORM = "ID or AGENCY,ID; several joined by +"


def providers(text: str) -> tuple[Provider, ...]:
    """The providers asked for; none: all.

    >>> providers("CH2+ECB,NO2")
    ((None, 'CH2'), ('ECB', 'NO2'))
    """
    if text in ALL:
        return ()
    found: list[Provider] = []
    for value in text.split("+"):
        agency, _, id_ = value.rpartition(",")
        if (agency or "," in value) and agency not in ALL and not FORMS["agency"][0].fullmatch(agency):
            refuse("providerRef", f"{agency!r} is no agency", text, _FORM)
        if not FORMS["id"][0].fullmatch(id_):
            refuse("providerRef", f"{value!r} is no provider", text, f"{_FORM}; all")
        found.append((agency if agency and agency not in ALL else None, id_))
    return tuple(dict.fromkeys(found))
