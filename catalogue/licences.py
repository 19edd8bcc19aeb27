"""The licences that `license_list` knows: CKAN's own list, as far as statistics offices use it.

Source: CKAN 2.12 `license_list` (flags are texts there, too), and Creative Commons 4.0 by their own ids,
which a CKAN has only where its `licenses_group_url` names a list with them.
"""

from __future__ import annotations

from typing import Any


def _licence(id: str, title: str, url: str, is_open: bool, domain: str) -> dict[str, Any]:
    return {
        "id": id,
        "title": title,
        "url": url,
        "is_generic": str(not url),
        "domain_content": str("content" in domain),
        "domain_data": str("data" in domain),
        "domain_software": "False",
        "family": "",
        "maintainer": "",
        "od_conformance": "approved" if is_open else "not reviewed",
        "osd_conformance": "not reviewed",
        "status": "active",
    }


_OPEN = "http://www.opendefinition.org/licenses/"
LICENCES: dict[str, dict[str, Any]] = {
    row[0]: _licence(*row)
    for row in (
        ("notspecified", "License not specified", "", False, ""),
        ("odc-pddl", "Open Data Commons Public Domain Dedication and License (PDDL)", f"{_OPEN}odc-pddl",
         True, "data"),
        ("odc-odbl", "Open Data Commons Open Database License (ODbL)", f"{_OPEN}odc-odbl", True, "data"),
        ("odc-by", "Open Data Commons Attribution License", f"{_OPEN}odc-by", True, "data"),
        ("cc-zero", "Creative Commons CCZero", f"{_OPEN}cc-zero", True, "content data"),
        ("cc-by", "Creative Commons Attribution", f"{_OPEN}cc-by", True, ""),
        ("cc-by-sa", "Creative Commons Attribution Share-Alike", f"{_OPEN}cc-by-sa", True, "content"),
        ("gfdl", "GNU Free Documentation License", f"{_OPEN}gfdl", True, "content"),
        ("other-open", "Other (Open)", "", True, "content"),
        ("other-pd", "Other (Public Domain)", "", True, "content"),
        ("other-at", "Other (Attribution)", "", True, "content"),
        ("uk-ogl", "UK Open Government Licence (OGL)",
         "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/", True, "content"),
        ("cc-nc", "Creative Commons Non-Commercial (Any)", "http://creativecommons.org/licenses/by-nc/2.0/",
         False, ""),
        ("other-nc", "Other (Non-Commercial)", "", False, ""),
        ("other-closed", "Other (Not Open)", "", False, ""),
        ("CC0-1.0", "Creative Commons Zero 1.0 Universal", "https://creativecommons.org/publicdomain/zero/1.0/",
         True, "content data"),
        ("CC-BY-4.0", "Creative Commons Attribution 4.0 International",
         "https://creativecommons.org/licenses/by/4.0/", True, "content data"),
        ("CC-BY-SA-4.0", "Creative Commons Attribution Share-Alike 4.0 International",
         "https://creativecommons.org/licenses/by-sa/4.0/", True, "content data"),
        ("CC-BY-NC-4.0", "Creative Commons Attribution Non-Commercial 4.0 International",
         "https://creativecommons.org/licenses/by-nc/4.0/", False, "content data"),
    )
}  # fmt: skip


def is_open(id: str | None) -> bool:
    """Whether the licence is one of the Open Definition's."""
    return bool(id) and LICENCES.get(str(id), {}).get("od_conformance") == "approved"
