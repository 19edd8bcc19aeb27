"""Rows that say in which element or attribute of SDMX-ML a field of an artefact is written.

`read_ml` reads with these tables and `formats.structure_ml` writes with them, so that what is read is
what is written. Rows stand in the order of the XSD. The versions are in `tags_31`, `tags_30` and `tags_21`;
a later one adds its table and its name in `files.VERSIONS`. Source: SDMXStructure*.xsd 3.1, 3.0, 2.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from publisher.structures import model as m


@dataclass(frozen=True)
class Row:
    """One field: `name` is the element (`prefix:Local`, alternatives with `|`) or attribute.

    Forms; the tables `read_ml.FORMS` and `structure_ml.FORMS` hold how each is read and written:
      attribute, flag         attribute: text, or boolean with the texts `of`; left out when `default`
      number, occurrence      attribute: an integer; or `unbounded`, which is None
      constant                attribute that always says `of`
      text                    the text of the element itself; it has no name
      name                    `Name`-like elements, one a language
      value, values           text of an element, of several
      inner values            text of the element `of` inside each of several
      ref, refs               reference to an artefact or item
      attachment              references, the element named by their kind in `of`
      many, one, items, chain  nested elements with the rows `of`; chain: each inside the one before
      wrap                    the rows `of`, for the same object, inside one more element
      representation          2.1: `of` "any type" where XHTML and several languages are allowed
      and those with a single use, as their functions say.
    `where`: only objects with this field's value are written here, and it is set in what is read.
    """

    name: str
    field: str  # "": the form gives several fields
    form: str
    of: Any = None
    cls: type | None = None
    default: Any = None
    where: tuple[str, Any] | None = None
    required: bool = False  # the XSD asks for it in a stub too
    numbered: bool = False  # `many`: each tells its place in the attribute `position`, from 1
    absent: Any = None  # value of a field whose attribute is not there, where the XSD says so

    @property
    def rows(self) -> Rows:
        """The rows of nested elements; `of` is a function where they nest in themselves."""
        rows: Rows = self.of() if callable(self.of) else self.of
        return rows


Rows = tuple[Row, ...]
ATTRIBUTES = frozenset(
    {"attribute", "flag", "number", "occurrence", "constant"}
)  # the forms that are attributes, not elements


@dataclass(frozen=True, eq=False)
class Version:
    """SDMX-ML of one version: its namespaces, and the container, element and rows of each artefact."""

    name: str
    media_type: str
    namespaces: Mapping[str, str]
    references: str  # "urn" | "ref": how an artefact is pointed at
    artefacts: Mapping[type[m.Maintainable], tuple[str, str, Rows]]  # in the order of the XSD
    ignored: frozenset[str] = frozenset()  # elements and attributes that may be lost

    def clark(self, name: str) -> str:
        """`com:Name` as lxml names it."""
        prefix, _, local = name.partition(":")
        return f"{{{self.namespaces[prefix]}}}{local}"


def namespaces(version: str) -> Mapping[str, str]:
    root = f"http://www.sdmx.org/resources/sdmxml/schemas/{version}/"
    return MappingProxyType({"mes": f"{root}message", "str": f"{root}structure", "com": f"{root}common"})


ANNOTATIONS = Row("com:Annotations", "annotations", "annotations")
IDENTIFIED: Rows = (Row("id", "id", "attribute"), ANNOTATIONS)
NAMED: Rows = (
    *IDENTIFIED,
    Row("com:Name", "name", "name"),
    Row("com:Description", "description", "name"),
)
MAINTAINED: Rows = (
    Row("id", "id", "attribute"),
    Row("agencyID", "agency", "attribute"),
    Row("version", "version", "attribute"),
    Row("validFrom", "valid_from", "attribute"),
    Row("validTo", "valid_to", "attribute"),
    Row("isExternalReference", "is_external", "flag", default=False),
    *NAMED[1:],
)
# SDMXStructureOrganisation.xsd 3.0: organisation schemes have no version; their URN says 1.0.
UNVERSIONED: Rows = tuple(row for row in MAINTAINED if row.name != "version")
SCHEME: Rows = (*MAINTAINED, Row("isPartial", "is_partial", "flag", default=False))
ORGANISATIONS: Rows = (*UNVERSIONED, Row("isPartial", "is_partial", "flag", default=False))

PARENT = Row("str:Parent", "parent", "value")
ITEM: Rows = (*NAMED, PARENT)
ORGANISATION: Rows = (*NAMED, PARENT, Row("str:Contact", "contacts", "contacts"))


def organisation_scheme(item: str) -> Rows:
    return (*ORGANISATIONS, Row(item, "items", "items", ORGANISATION, m.Organisation))


CATEGORIES = Row("str:Category", "items", "categories", NAMED, m.Category)
