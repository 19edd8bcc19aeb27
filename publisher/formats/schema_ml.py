"""XML schemas of structure-specific data: what a data set of one structure may say, in XSD.

Source: SDMX-ML 2.1 and 3.0 section 3A part IV, "Structure Specific Schema" (names of types and what
they restrict), and the samples of the standard for `Comp`. Beside the standard's own schemas, in one
folder, the answer is enough to validate with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from publisher.formats.data_ml import namespace
from publisher.formats.fragments import chunks
from publisher.formats.layout import missing
from publisher.formats.message import SchemaRequest
from publisher.formats.schema_levels import Levels
from publisher.formats.schema_types import TYPES, facets
from publisher.formats.xmltext import DECLARATION, attributes
from publisher.structures.definition import Resolved
from publisher.structures.model import Dimension, Group, Measure

_SCHEMAS = "http://www.sdmx.org/resources/sdmxml/schemas/"


@dataclass(frozen=True)
class Version:
    """What differs between the schemas of the versions of structure-specific data."""

    schemas: str  # common beginning of the standard's namespaces
    has_comps: bool = True  # several values of one component, as Comp elements
    has_atts: bool = True  # attributes in Atts elements among the others, else on the data set itself
    has_year_start: bool = False  # REPORTING_YEAR_START_DAY is in the base types
    time_series: str = ""  # what a data set with time at the observation restricts, before `DataSetType`


V31 = Version(f"{_SCHEMAS}v3_1")
V30 = Version(f"{_SCHEMAS}v3_0")
V21 = Version(
    f"{_SCHEMAS}v2_1",
    has_comps=False,
    has_atts=False,
    has_year_start=True,
    time_series="TimeSeries",
)
_YEAR_START = "REPORTING_YEAR_START_DAY"


def write_31(request: SchemaRequest) -> Iterator[bytes | memoryview]:
    """Of SDMX-ML 3.1."""
    return chunks(_Schema(Levels(request), V31).lines())


def write_30(request: SchemaRequest) -> Iterator[bytes | memoryview]:
    """Of SDMX-ML 3.0."""
    return chunks(_Schema(Levels(request), V30).lines())


def write_21(request: SchemaRequest) -> Iterator[bytes | memoryview]:
    """Of SDMX-ML 2.1, structure-specific data and time series."""
    return chunks(_Schema(Levels(request), V21).lines())


def _element(name: str, pairs: Iterable[tuple[str, str | None]], inside: str = "") -> str:
    return f"<xs:{name}{attributes(pairs)}{f'>{inside}</xs:{name}>' if inside else '/>'}"


def _restriction(name: str, base: str, inside: str) -> str:
    """A complex type that restricts one of the standard's."""
    content = _element("complexContent", (), _element("restriction", [("base", base)], inside))
    return _element("complexType", [("name", name)], content)


def _sequence(*parts: str) -> str:
    return _element("sequence", (), '<xs:element ref="common:Annotations" minOccurs="0"/>' + "".join(parts))


def _local(name: str, type_: str, most: str | None = "unbounded", least: str = "0") -> str:
    about = [("name", name), ("type", type_), ("form", "unqualified"), ("minOccurs", least)]
    return _element("element", [*about, ("maxOccurs", most)])


@dataclass(frozen=True)
class _Schema:
    levels: Levels
    version: Version

    def lines(self) -> Iterator[str]:
        target = namespace((self.levels.structure, self.levels.request.dimension_at_observation))
        spaces = [
            ("xmlns:xs", "http://www.w3.org/2001/XMLSchema"),
            ("xmlns:common", f"{self.version.schemas}/common"),
            ("xmlns:dsd", f"{self.version.schemas}/data/structurespecific"),
            ("xmlns", target),
            ("targetNamespace", target),
            ("elementFormDefault", "qualified"),
            ("attributeFormDefault", "unqualified"),
        ]
        yield f"{DECLARATION}<xs:schema{attributes(spaces)}>\n"
        for space, file in (
            ("common", "SDMXCommon"),
            ("data/structurespecific", "SDMXDataStructureSpecific"),
        ):
            about = [("namespace", f"{self.version.schemas}/{space}"), ("schemaLocation", f"{file}.xsd")]
            yield _element("import", about) + "\n"
        yield from (f"{self._values(c)}\n" for c in self.levels.request.definition.components.values())
        yield from (f"{self._comp(c)}\n" for c in self._several())
        yield from (f"{type_}\n" for type_ in (self._dataset(), *self._groups(), *self._rows()))
        yield "</xs:schema>\n"

    # -- values

    def _values(self, component: Resolved) -> str:
        """The simple type `<id>.value`: what one value of the component may be."""
        listed = self.levels.values(component)
        is_value = not isinstance(component.component, Dimension)
        if self.levels.request.deletion and is_value:  # a value says which is deleted, not what it was
            inside = _element("restriction", [("base", "xs:string")])
        elif listed is not None:
            absent = [missing(component)] if isinstance(component.component, Measure) else []
            codes = "".join(_element("enumeration", [("value", code)]) for code in (*listed, *absent))
            inside = _element("restriction", [("base", "xs:string")], codes)
        else:
            inside = self._uncoded(component)
        return _element("simpleType", [("name", f"{component.id}.value")], inside)

    def _uncoded(self, component: Resolved) -> str:
        type_ = component.representation.text_type
        found = facets(type_, component.representation.facets)
        limits = "".join(_element(facet, [("value", value)]) for facet, value in found)
        restriction = _element("restriction", [("base", TYPES.get(type_, "xs:string"))], limits)
        if not isinstance(component.component, Measure):
            return restriction
        absent = _element("enumeration", [("value", missing(component))])
        members = restriction, _element("restriction", [("base", "xs:string")], absent)
        return _element("union", (), "".join(_element("simpleType", (), member) for member in members))

    # -- several values

    def _several(self) -> list[Resolved]:
        every = self.levels.request.definition.components.values()
        return [c for c in every if c.is_array and self.version.has_comps]

    def _comp(self, component: Resolved) -> str:
        """`<id>_ATTRIBUTE`, the type of a Comp element, and that of its values."""
        simple = _element("simpleType", (), _element("restriction", [("base", f"{component.id}.value")]))
        content = _element("restriction", [("base", "common:ValueType")], simple)
        value = _element(
            "complexType", [("name", f"{component.id}_ValueType")], _element("simpleContent", (), content)
        )
        most = component.representation.max_occurs
        least = 0 if self.levels.request.deletion else component.representation.min_occurs
        inside = _sequence(
            _local("Value", f"{component.id}_ValueType", str(most) if most else "unbounded", str(least))
        )
        fixed = [
            ("name", "id"),
            ("type", "common:NCNameIDType"),
            ("use", "required"),
            ("fixed", component.id),
        ]
        return value + _restriction(
            f"{component.id}_ATTRIBUTE", "dsd:CompType", inside + _element("attribute", fixed)
        )

    def _comps(self, components: Sequence[Resolved]) -> str:
        return _local("Comp", "dsd:CompType") if any(c in self._several() for c in components) else ""

    # -- elements

    def _attributes(self, key: Sequence[Resolved], others: Sequence[Resolved]) -> str:
        """XML attributes: `key` must be there, unless a key that stands for many is meant."""
        use = "optional" if self.levels.request.deletion else "required"
        uses = [(c, use) for c in key]
        uses += [(c, "optional") for c in others if c not in self._several()]
        found = "".join(
            _element("attribute", [("name", c.id), ("type", f"{c.id}.value"), ("use", use)])
            for c, use in uses
        )
        year = [("name", _YEAR_START), ("type", "xs:gMonthDay"), ("use", "prohibited")]
        has_own = any(c.id == _YEAR_START for c, _ in uses)
        return found + (_element("attribute", year) if self.version.has_year_start and not has_own else "")

    def _no_time(self, key: Sequence[Resolved]) -> str:
        """The base types of all elements but groups and data sets have TIME_PERIOD."""
        time = self.levels.request.definition.time
        if time is None or time in key:
            return ""
        type_ = ("type", "common:ObservationalTimePeriodType")
        return _element("attribute", [("name", time.id), type_, ("use", "prohibited")])

    def _dataset(self) -> str:
        provider = _local("DataProvider", "common:DataProviderReferenceType", None)
        inside = _sequence(provider, self._mixed() if self.version.has_atts else self._ordered())
        inside += _element("attributeGroup", [("ref", "dsd:SetAttributeGroup")])
        if not self.version.has_atts:
            inside += self._attributes((), self.levels.attributes("dataset"))
        return _restriction("DataSetType", f"dsd:{self._time_series}DataSetType", inside)

    def _mixed(self) -> str:
        """Attributes, groups and rows in any order."""
        names = ["Atts", *(["Group"] if self.levels.groups else []), self._row]
        elements = "".join(_local(name, f"{name}Type", None, "1") for name in names)
        return _element("choice", [("minOccurs", "0"), ("maxOccurs", "unbounded")], elements)

    def _ordered(self) -> str:
        group = _local("Group", "GroupType") if self.levels.groups else ""
        row = _local(self._row, f"{self._row}Type", least="1")
        return group + _element("choice", [("minOccurs", "0")], row)

    @property
    def _row(self) -> str:
        return "Obs" if self.levels.is_flat else "Series"

    @property
    def _time_series(self) -> str:
        """Not of what deletes: a time series has a period in each observation."""
        if self.levels.request.deletion:
            return ""
        time = self.levels.request.definition.time
        is_series = time is not None and self.levels.request.dimension_at_observation == time.id
        return self.version.time_series if is_series else ""

    def _groups(self) -> Iterator[str]:
        """`GroupType`, and a type called like each group, which the element names by `xsi:type`."""
        if self.levels.groups:
            every = [c for g in self.levels.groups for c in self.levels.group_attributes(g)]
            any_ = _element("anyAttribute", [("namespace", "##local")])
            type_ = _element("attribute", [("name", "type"), ("type", "common:IDType"), ("use", "optional")])
            base = _restriction("GroupType", "dsd:GroupType", _sequence(self._comps(every)) + type_ + any_)
            yield base.replace("<xs:complexType ", '<xs:complexType abstract="true" ', 1)
        yield from map(self._group, self.levels.groups)

    def _group(self, group: Group) -> str:
        components = self.levels.request.definition.components
        key = [components[name] for name in group.dimensions]
        own = self.levels.group_attributes(group)
        fixed = [("name", "type"), ("type", "common:IDType"), ("use", "optional"), ("fixed", group.id)]
        inside = _sequence(self._comps(own)) + self._attributes(key, own) + _element("attribute", fixed)
        return _restriction(group.id, "GroupType", inside)

    def _rows(self) -> Iterator[str]:
        if not self.levels.is_flat:
            key, own = self.levels.series_dimensions, self.levels.attributes("series")
            obs = _local("Obs", "ObsType")
            inside = _sequence(self._comps(own), obs) + self._attributes(key, own) + self._no_time(key)
            yield _restriction("SeriesType", f"dsd:{self._time_series or 'Series'}Type", inside)
        key = self.levels.observation_dimensions
        own = (*self.levels.request.definition.measures, *self.levels.attributes("observation"))
        inside = _sequence(self._comps(own)) + self._attributes(key, own) + self._no_time(key)
        yield _restriction("ObsType", f"dsd:{self._time_series}ObsType", inside)
        if self.version.has_atts:
            levels = ("dataset", "group", "series")
            above = [a for level in levels for a in self.levels.attributes(level)]
            inside = _sequence(self._comps(above)) + self._attributes((), (*self.levels.dimensions, *above))
            yield _restriction("AttsType", "dsd:AttsType", inside)
