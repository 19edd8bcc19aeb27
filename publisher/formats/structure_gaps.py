"""What a version of the structure messages cannot say of what we hold.

The tests hold that every class of artefact a version has no place for is declared here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from publisher.formats.gaps import Gap
from publisher.formats.structure_generations import in_generation
from publisher.formats.structure_json_10 import ARTEFACTS_10
from publisher.formats.structure_json_artefacts import ARTEFACTS_20, ARTEFACTS_21
from publisher.structures import model as m
from publisher.structures.tags_21 import ML_21
from publisher.structures.tags_30 import ML_30
from publisher.structures.tags_31 import ML_31

_21 = "structure: SDMX-ML 2.1"

GAPS: tuple[Gap, ...] = (
    Gap(_21, "HierarchyAssociation is left out", "2.1 has none"),
    Gap(
        _21,
        "MetadataProviderScheme, MetadataProvisionAgreement and MetadataConstraint are left out",
        "2.1 has data providers and data agreements only",
    ),
    Gap(
        _21,
        "a MetadataStructure is one report on any object; the targets of a Metadataflow are left out",
        "2.1 has targets in the metadata structure instead",
    ),
    Gap(_21, "the metadata structure of a data structure is left out", "came with 3.0"),
    Gap(_21, "a DataKeySet names values of dimensions only, and nothing has a validity", "came with 3.0"),
    Gap(_21, "ValueList is left out; components with one are written as text", "2.1 has code lists only"),
    Gap(
        _21,
        "a map is a StructureSet of its id; one that is not from value to value, with code lists or schemes"
        " on both sides, is left out",
        "2.1 maps one value to one",
    ),
    Gap(
        _21,
        "a StructureMap is written when its structures are in the message, with its component maps of one to"
        " one; the maps of their values are structure sets of their own",
        "2.1 names the list that a component is in, and code list maps of the same set only",
    ),
    Gap(_21, "a Hierarchy is a HierarchicalCodelist with one hierarchy of its id", "2.1 nests them"),
    Gap(_21, "an attribute takes one value: minOccurs and maxOccurs are left out", "arrays came with 3.0"),
    Gap(_21, "one measure, named OBS_VALUE; its usage is left out", "2.1 has a primary measure"),
    Gap(_21, "MeasureRelationship is left out", "2.1 has one measure"),
    Gap(_21, "isMultiLingual and XHTML of local representations are left out", "only concepts have them"),
    Gap(_21, "a reference to the latest version (1.0+.0) names the lowest it may be", "no wildcards in 2.1"),
    Gap(_21, "AnnotationValue is left out", "came with 3.0"),
    Gap(_21, "code lists are written with the codes of their extensions, as by detail=full", "no extensions"),
    Gap(
        "structure: SDMX-ML 3.1, SDMX-JSON 2.1",
        "an Actual DataConstraint is an AvailabilityConstraint, one for each artefact that it is attached to",
        "it has no id, name or version and one region since 3.1",
    ),
    Gap("structure: SDMX-ML 3.1, SDMX-JSON 2.1", "a ReleaseCalendar is left out", "3.1 has none"),
    Gap(
        "structure: SDMX-ML 3.1",
        "categorisations are written without version; their URN says 1.0",
        "SDMXStructureCategorisation.xsd prohibits it",
    ),
    Gap(
        "structure: SDMX-ML 3.0, 2.1 and SDMX-JSON 2.0",
        "a DataKey with several values of a dimension is several keys",
        "a key value is one value before 3.1",
    ),
    Gap(
        "structure: SDMX-ML 3.0, 2.1 and SDMX-JSON 2.0",
        "evolvingStructure, DimensionConstraint and the counts of what is available are left out",
        "came with 3.1",
    ),
    Gap(
        "structure: SDMX-ML 3.0",
        "organisation schemes are written without version; references say 1.0",
        "SDMXStructureOrganisation.xsd prohibits it",
    ),
    Gap(
        "structure: SDMX-JSON 2.0",
        "a ValueList has no link with its URN",
        "the pattern of the schema misspells the class",
    ),
    Gap(
        "structure: SDMX-JSON",
        "validFrom and validTo without a time zone are written as UTC",
        "RFC 3339 asks for a zone, XML Schema does not",
    ),
    Gap(
        "structure: SDMX-JSON 1.0",
        "HierarchyAssociation, ValueList, MetadataProviderScheme, MetadataProvisionAgreement,"
        " MetadataConstraint, TransformationScheme, RulesetScheme, UserDefinedOperatorScheme,"
        " CustomTypeScheme, NamePersonalisationScheme and VtlMappingScheme are left out",
        "the schema has no place for them",
    ),
    Gap(
        "structure: SDMX-JSON 1.0",
        "what holds of SDMX-ML 2.1 holds here too, but for AnnotationValue",
        "it is SDMX 2.1 in JSON",
    ),
    Gap(
        "structure: SDMX-JSON 1.0",
        "a constraint that names values which a component may not have is left out",
        "values of a region have no include there; without it they would say the contrary",
    ),
    Gap(
        "structure: SDMX-JSON 1.0",
        "a facet decimals, minLength or maxLength of 0 is left out",
        "the schema wants 1 at least",
    ),
    Gap(
        "metadata: SDMX-JSON",
        "a MetadataSet has no link with its URN; with detail=allstubs it keeps the ids of its answers",
        "the pattern of the schema misspells the class; the schema wants attributes",
    ),
    Gap("metadata: SDMX-JSON", "the action Merge is written Append", "ActionType has no Merge there"),
    Gap(
        "metadata: SDMX-ML 2.1",
        "a MetadataSet has its id and name; targets with wildcards, versions and annotations are left out",
        "2.1 has reports in a set, each on one object",
    ),
    Gap(
        "structure: all",
        "the Link elements, uri and ISOConceptReference of artefacts that were read are not kept",
        "nothing is served or checked by them",
    ),
)

WRITTEN: Mapping[str, frozenset[type[m.Maintainable]]] = MappingProxyType(
    {
        ML_31.media_type: frozenset(ML_31.artefacts),
        ML_30.media_type: frozenset(ML_30.artefacts),
        ML_21.media_type: frozenset(ML_21.artefacts),
        "application/vnd.sdmx.structure+json;version=2.1.0": frozenset(ARTEFACTS_21),
        "application/vnd.sdmx.structure+json;version=2.0.0": frozenset(ARTEFACTS_20),
        "application/vnd.sdmx.structure+json;version=1.0.0": frozenset(ARTEFACTS_10),
    }
)


def left_out(artefacts: Iterable[m.Maintainable], media_type: str) -> tuple[m.Maintainable, ...]:
    """Those of `artefacts` that a message of `media_type` (with version) has no place for."""
    artefacts = tuple(artefacts)
    version = media_type.partition("version=")[2]
    if "+xml" in media_type:
        version = version.removesuffix(".0") if version.count(".") == 2 else version
    kept = in_generation((a for a in artefacts), version)
    written = {artefact.ref for artefact in kept if type(artefact) in WRITTEN[media_type]}
    return tuple(artefact for artefact in artefacts if artefact.ref not in written)
