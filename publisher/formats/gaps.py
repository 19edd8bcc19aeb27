"""What a format cannot say of what we hold: the one place where it is declared.

`docs/gaps.md` and `/docs/gaps` show these rows; `tests/formats` holds that what is written and read
again is the same but for them, and that none of them is needless.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

CSV_21, CSV_20, CSV_10 = (f"data+csv;version={v}" for v in ("2.1.0", "2.0.0", "1.0.0"))
JSON_21, JSON_20, JSON_10 = (f"data+json;version={v}" for v in ("2.1.0", "2.0.0", "1.0.0"))
ML_31, ML_30 = (f"data+xml;version={v}" for v in ("3.1.0", "3.0.0"))
SPECIFIC, SPECIFIC_SERIES = (f"structurespecific{n}data+xml;version=2.1" for n in ("", "timeseries"))
GENERIC, GENERIC_SERIES = (f"generic{n}data+xml;version=2.1" for n in ("", "timeseries"))
STR_JSON_21, STR_JSON_20, STR_JSON_10 = (f"structure+json;version={v}" for v in ("2.1.0", "2.0.0", "1.0.0"))
STR_ML_31, STR_ML_30, STR_ML_21 = (f"structure+xml;version={v}" for v in ("3.1.0", "3.0.0", "2.1"))
MET_JSON = tuple(f"metadata+json;version={v}" for v in ("2.1.0", "2.0.0"))
MET_CSV = tuple(f"metadata+csv;version={v}" for v in ("2.1.0", "2.0.0"))
MET_ML_21 = "genericmetadata+xml;version=2.1"

_CSV = (CSV_21, CSV_20, CSV_10)
_SERIES = (SPECIFIC_SERIES, GENERIC_SERIES)
_ML_21 = (SPECIFIC, SPECIFIC_SERIES, GENERIC, GENERIC_SERIES)
_ML = (ML_31, ML_30, *_ML_21)
_STR_NEW = (STR_ML_31, STR_JSON_21)
_STR_30 = (STR_ML_30, STR_JSON_20)
_STR_21 = (STR_ML_21, STR_JSON_10)
_STR_JSON = (STR_JSON_21, STR_JSON_20, STR_JSON_10)


@dataclass(frozen=True)
class Gap:
    id: str  # stable: tests and people name it
    formats: tuple[str, ...]  # media types without `application/vnd.sdmx.`, with their version
    what: str
    why: str

    @property
    def titles(self) -> str:
        """The formats as people call them: `SDMX-CSV 2.1, 2.0, 1.0; SDMX-ML 2.1 generic`."""
        left, found = list(self.formats), dict[str, list[str]]()
        for several, form in _TOGETHER:
            if several <= set(left):
                first = left.index(next(name for name in left if name in several))
                left[first] = f"+xml;version=2.1{form}"
                left = [name for name in left if name not in several]
        for name in left:
            type_, _, version = name.partition(";version=")
            syntax = type_.partition("+")[2]
            family = "SDMX-ML" if syntax == "xml" else f"SDMX-{syntax.upper()}"
            found.setdefault(family, []).append(
                version.removesuffix(".0") if version[-2:] == ".0" else version
            )
        return "; ".join(f"{family} {', '.join(versions)}" for family, versions in found.items())


# Forms of SDMX-ML 2.1 that are called by one name where they stand together.
_TOGETHER = (
    (set(_ML_21), ""),
    (set(_SERIES), " time series"),
    ({GENERIC, GENERIC_SERIES}, " generic"),
    ({SPECIFIC, SPECIFIC_SERIES}, " structure-specific"),
)

DATA: tuple[Gap, ...] = (
    Gap(
        "one-value",
        (CSV_10, JSON_10, *_ML_21),
        "of several values of an attribute (OBS_STATUS) only the first, most severe, is written",
        "attributes have one value before SDMX 3.0",
    ),
    Gap(
        "attributes-of-the-data-set",
        _ML,
        "an attribute of the data set is written only where all series of the answer agree on it",
        "it has one place there; the providers of one dataflow may differ: ask by provision agreement to get"
        " each one's",
    ),
    Gap(
        "one-measure",
        (JSON_10, GENERIC, GENERIC_SERIES),
        "of several measures only OBS_VALUE is written",
        "there is room for one value",
    ),
    Gap(
        "merge",
        (CSV_20, JSON_20, JSON_10, ML_30, *_ML_21),
        "the action Merge is written Append",
        "Merge came with SDMX 3.1",
    ),
    Gap(
        "no-action",
        (CSV_10,),
        "no action; what was deleted (`updatedAfter`, `includeHistory`) is refused with 406",
        "1.0 has no column for it, and what is gone would look like what is there",
    ),
    Gap(
        "no-structure",
        (CSV_10,),
        "a data set is named by its dataflow, also where it was asked for by data structure or agreement",
        "1.0 has the column DATAFLOW only",
    ),
    Gap(
        "one-structure",
        (JSON_10,),
        "one structure a message; several dataflows together are refused with 406",
        "`data.structure` is one object",
    ),
    Gap(
        "time-only",
        _SERIES,
        "another dimension at the observation than time is refused",
        "these are for time series; the other forms of 2.1 take any",
    ),
    Gap(
        "null-values",
        (JSON_10,),
        "a value that is missing is null, and so is one that was not asked for",
        "what comes first in an observation is its value",
    ),
    Gap(
        "numbers",
        (JSON_21, JSON_20, JSON_10),
        "numbers lose a needless sign, point or zero before: `+1` is 1, `007` is 7",
        "RFC 8259 has no such numbers; the value is the same",
    ),
    Gap(
        "no-header",
        _CSV,
        "no id, sender and moment of the message, and no warnings of what was passed over in the query",
        "a table has no place for them; HTTP's Last-Modified, ETag and Warning tell them",
    ),
    Gap(
        "separators",
        _CSV,
        "always comma and decimal point, whatever the language",
        "a file that changes its separators with the reader cannot be piped or cached",
    ),
    Gap(
        "labels-in-one-language",
        _CSV,
        "labels are in one language, also where all are asked for",
        "there is a column for one; SDMX-JSON and structures have all",
    ),
    Gap("no-names", _ML, "no names of codes and components", "the structures have them: ask for those"),
    Gap(
        "one-text",
        (CSV_21, CSV_20, JSON_21, JSON_20, ML_31, ML_30),
        "an attribute's text is in one language and plain, also where the structure allows several or XHTML",
        "packages deliver one text a cell; reports (`/metadata`) have both",
    ),
)

STRUCTURES: tuple[Gap, ...] = (
    Gap("no-hierarchy-association", _STR_21, "HierarchyAssociation is left out", "2.1 has none"),
    Gap(
        "no-metadata-agreement",
        _STR_21,
        "MetadataProviderScheme, MetadataProvisionAgreement and MetadataConstraint are left out",
        "2.1 has data providers and data agreements only",
    ),
    Gap(
        "targets",
        _STR_21,
        "a MetadataStructure is one report on any object; the targets of a Metadataflow are left out",
        "2.1 has targets in the metadata structure instead",
    ),
    Gap(
        "metadata-of-data", _STR_21, "the metadata structure of a data structure is left out", "came with 3.0"
    ),
    Gap(
        "keys-of-dimensions",
        _STR_21,
        "a DataKeySet names values of dimensions only, and nothing has a validity",
        "came with 3.0",
    ),
    Gap(
        "no-value-list",
        _STR_21,
        "ValueList is left out; components with one are written as text",
        "2.1 has code lists only",
    ),
    Gap(
        "plain-maps",
        _STR_21,
        "a map is a StructureSet of its id; one that is not from value to value, with code lists or schemes"
        " on both sides, is left out",
        "2.1 maps one value to one",
    ),
    Gap(
        "maps-of-structures",
        _STR_21,
        "a StructureMap is written when its structures are in the message, with its component maps of one to"
        " one; the maps of their values are structure sets of their own",
        "2.1 names the list that a component is in, and code list maps of the same set only",
    ),
    Gap(
        "hierarchical-code-lists",
        _STR_21,
        "a Hierarchy is a HierarchicalCodelist with one hierarchy of its id",
        "2.1 nests them",
    ),
    Gap(
        "arrays",
        _STR_21,
        "an attribute takes one value: minOccurs and maxOccurs are left out",
        "arrays came with 3.0",
    ),
    Gap(
        "primary-measure",
        _STR_21,
        "one measure, named OBS_VALUE; its usage is left out, and MeasureRelationship",
        "2.1 has a primary measure",
    ),
    Gap(
        "local-representations",
        _STR_21,
        "isMultiLingual, XHTML and GeospatialInformation of local representations are left out",
        "only concepts have them",
    ),
    Gap(
        "versions",
        _STR_21,
        "a reference to the latest version (1.0+.0) names the lowest it may be",
        "no wildcards in 2.1",
    ),
    Gap("annotation-value", (STR_ML_21,), "AnnotationValue is left out", "came with 3.0"),
    Gap(
        "extensions",
        _STR_21,
        "code lists are written with the codes of their extensions, as by detail=full",
        "no extensions",
    ),
    Gap(
        "no-vtl",
        (STR_JSON_10,),
        "TransformationScheme, RulesetScheme, UserDefinedOperatorScheme, CustomTypeScheme,"
        " NamePersonalisationScheme and VtlMappingScheme are left out",
        "the schema has no place for them",
    ),
    Gap(
        "exceptions",
        (STR_JSON_10,),
        "a constraint that names values which a component may not have is left out",
        "values of a region have no `include`; without it they would say the contrary",
    ),
    Gap(
        "facets-of-0",
        (STR_JSON_10,),
        "a facet decimals, minLength or maxLength of 0 is left out",
        "the schema wants 1 at least",
    ),
    Gap(
        "availability",
        _STR_NEW,
        "an Actual DataConstraint is an AvailabilityConstraint, one for each artefact that it is attached to",
        "it has no id, name or version and one region since 3.1",
    ),
    Gap("no-calendar", _STR_NEW, "a ReleaseCalendar is left out", "3.1 has none"),
    Gap(
        "categorisations",
        (STR_ML_31,),
        "categorisations are written without version; their URN says 1.0",
        "SDMXStructureCategorisation.xsd prohibits it",
    ),
    Gap(
        "single-keys",
        (*_STR_30, *_STR_21),
        "a DataKey with several values of a dimension is several keys",
        "a key value is one value before 3.1",
    ),
    Gap(
        "new-in-31",
        (*_STR_30, *_STR_21),
        "evolvingStructure, DimensionConstraint and the counts of what is available are left out",
        "came with 3.1",
    ),
    Gap(
        "organisation-schemes",
        (STR_ML_31, STR_ML_30),
        "organisation schemes are written without version; references say 1.0",
        "SDMXStructureOrganisation.xsd prohibits it",
    ),
    Gap(
        "links-of-value-lists",
        (STR_JSON_20,),
        "a ValueList has no link with its URN",
        "the pattern of the schema misspells the class",
    ),
    Gap(
        "zones",
        _STR_JSON,
        "validFrom and validTo without a time zone are written as UTC",
        "RFC 3339 asks for a zone, XML Schema does not",
    ),
    Gap(
        "not-kept",
        (STR_ML_31, STR_ML_30, STR_ML_21, *_STR_JSON),
        "the Link elements, uri and ISOConceptReference of artefacts that were read are not kept",
        "nothing is served or checked by them",
    ),
)

REPORTS: tuple[Gap, ...] = (
    Gap(
        "links-of-reports",
        MET_JSON,
        "a MetadataSet has no link with its URN; with detail=allstubs it keeps the ids of its answers",
        "the pattern of the schema misspells the class; the schema wants attributes",
    ),
    Gap("merge-of-reports", MET_JSON, "the action Merge is written Append", "ActionType has no Merge there"),
    Gap(
        "reports-in-21",
        (MET_ML_21,),
        "a MetadataSet has its id and name; targets with wildcards, versions and annotations are left out",
        "2.1 has reports in a set, each on one object",
    ),
    Gap(
        "no-header-of-reports",
        MET_CSV,
        "no id, sender and moment of the message, and no warnings of what was passed over in the query",
        "a table has no place for them; HTTP's Last-Modified, ETag and Warning tell them",
    ),
)

GAPS: Mapping[str, tuple[Gap, ...]] = MappingProxyType(
    {"data": DATA, "structures": STRUCTURES, "reports": REPORTS}
)


def of(name: str) -> Iterator[Gap]:
    """The gaps of a format, by its media type with version."""
    short = name.removeprefix("application/vnd.sdmx.")
    return (gap for gaps in GAPS.values() for gap in gaps if short in gap.formats)
