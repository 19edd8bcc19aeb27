"""The licences that `license_list` knows: CKAN's own list, as far as statistics offices use it.

Source: https://licenses.opendefinition.org (the ids that CKAN uses), and Creative Commons
4.0 by their own ids.
"""

from __future__ import annotations

from typing import Any


def _licence(id: str, title: str, url: str, is_open: bool) -> dict[str, Any]:
    return {
        "id": id,
        "title": title,
        "url": url,
        "is_okd_compliant": is_open,
        "is_osi_compliant": False,
        "is_generic": not url,
        "domain_content": True,
        "domain_data": True,
        "domain_software": False,
        "family": "",
        "maintainer": "",
        "od_conformance": "approved" if is_open else "not reviewed",
        "osd_conformance": "not reviewed",
        "status": "active",
    }


LICENCES: dict[str, dict[str, Any]] = {
    row[0]: _licence(*row)
    for row in (
        ("notspecified", "License not specified", "", False),
        ("odc-pddl", "Open Data Commons Public Domain Dedication and License (PDDL)",
         "https://opendefinition.org/licenses/odc-pddl", True),
        ("odc-odbl", "Open Data Commons Open Database License (ODbL)",
         "https://opendefinition.org/licenses/odc-odbl", True),
        ("odc-by", "Open Data Commons Attribution License",
         "https://opendefinition.org/licenses/odc-by", True),
        ("cc-zero", "Creative Commons CCZero", "https://opendefinition.org/licenses/cc-zero", True),
        ("cc-by", "Creative Commons Attribution", "https://opendefinition.org/licenses/cc-by", True),
        ("cc-by-sa", "Creative Commons Attribution Share-Alike", "https://opendefinition.org/licenses/cc-by-sa",
         True),
        ("CC0-1.0", "Creative Commons Zero 1.0 Universal", "https://creativecommons.org/publicdomain/zero/1.0/",
         True),
        ("CC-BY-4.0", "Creative Commons Attribution 4.0 International",
         "https://creativecommons.org/licenses/by/4.0/", True),
        ("CC-BY-SA-4.0", "Creative Commons Attribution Share-Alike 4.0 International",
         "https://creativecommons.org/licenses/by-sa/4.0/", True),
        ("CC-BY-NC-4.0", "Creative Commons Attribution Non-Commercial 4.0 International",
         "https://creativecommons.org/licenses/by-nc/4.0/", False),
        ("gfdl", "GNU Free Documentation License", "https://www.gnu.org/licenses/fdl-1.3.html", True),
        ("other-open", "Other (Open)", "", True),
        ("other-pd", "Other (Public Domain)", "", True),
        ("other-at", "Other (Attribution)", "", True),
        ("uk-ogl", "UK Open Government Licence (OGL)",
         "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/", True),
        ("cc-nc", "Creative Commons Non-Commercial (Any)",
         "https://creativecommons.org/licenses/by-nc/2.0/", False),
        ("other-nc", "Other (Non-Commercial)", "", False),
        ("other-closed", "Other (Not Open)", "", False),
    )
}  # fmt: skip
