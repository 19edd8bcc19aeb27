"""A small reader of SDMX-JSON 1.0 structure messages: artefacts as the model has them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from publisher.structures import model as m
from publisher.structures import urns

Given = dict[str, Any]
RELATIONS = {"none": m.DATASET, "group": m.GROUP, "dimensions": m.DIMENSIONS, "primaryMeasure": m.OBSERVATION}


def read(document: bytes) -> list[m.Maintainable]:
    data = json.loads(document)["data"]
    return [CLASSES[key](given) for key, found in data.items() for given in found]


def named(given: Given) -> dict[str, Any]:
    annotations = tuple(map(_annotation, given.get("annotations", ())))
    text = {"name": m.Text(given.get("names", {})), "description": m.Text(given.get("descriptions", {}))}
    return {"id": given["id"], "annotations": annotations, **text}


def _annotation(given: Given) -> m.Annotation:
    url = given["links"][0]["href"] if "links" in given else None
    parts = {key: given.get(key) for key in ("id", "type", "title", "value")}
    return m.Annotation(**parts, url=url, text=m.Text(given.get("texts", {})))


def maintained(given: Given) -> dict[str, Any]:
    assert given["isFinal"] is True
    (link,) = given["links"]
    found = ref(link["urn"])
    assert found is not None
    assert (found.agency, found.id, found.version) == (given["agencyID"], given["id"], given["version"])
    about = {"agency": given["agencyID"], "version": given["version"]}
    about |= {"valid_from": given.get("validFrom"), "valid_to": given.get("validTo")}
    return named(given) | {**about, "is_external": given.get("isExternalReference", False)}


def ref(urn: str | None) -> Any:
    return urns.parse(urn) if urn else None


def refs(given: Iterable[str]) -> tuple[Any, ...]:
    return tuple(map(ref, given))


def scheme(cls: type[m.ItemScheme], key: str, item: Callable[[Given], m.Item]) -> Callable[[Given], Any]:
    def make(given: Given) -> m.ItemScheme:
        items = m.Items({made.id: made for made in map(item, given.get(key, ()))})
        return cls(**maintained(given), items=items, is_partial=given.get("isPartial", False))

    return make


def nested(cls: type[m.ItemScheme], key: str, item: Callable[..., m.Item]) -> Callable[[Given], Any]:
    def walk(found: Iterable[Given], above: str | None) -> Iterable[m.Item]:
        for given in found:
            path = f"{above}.{given['id']}" if above else given["id"]
            yield item(given, path, above)
            yield from walk(given.get(key, ()), path)

    def make(given: Given) -> m.ItemScheme:
        items = m.Items({made.id: made for made in walk(given.get(key, ()), None)})
        return cls(**maintained(given), items=items)

    return make


def category(given: Given, path: str, above: str | None) -> m.Category:
    return m.Category(**named(given) | {"id": path, "parent": above})


def reporting(given: Given, path: str, above: str | None) -> m.ReportingCategory:
    about = named(given) | {"id": path, "parent": above}
    structures, flows = (given.get(key, ()) for key in ("structuralMetadata", "provisioningMetadata"))
    return m.ReportingCategory(**about, structures=refs(structures), flows=refs(flows))


def code(given: Given) -> m.Item:
    return m.Item(**named(given), parent=given.get("parent"))


def concept(given: Given) -> m.Concept:
    parent = ref(given.get("parent"))
    core = representation(given.get("coreRepresentation"))
    return m.Concept(**named(given), parent=parent and parent.item, representation=core)


def organisation(given: Given) -> m.Organisation:
    parent = ref(given.get("parent"))
    contacts = tuple(map(_contact, given.get("contacts", ())))
    return m.Organisation(**named(given), parent=parent and parent.item, contacts=contacts)


def _contact(given: Given) -> m.Text:
    found = {"id": given["id"]} if "id" in given else {}
    for key in ("name", "department", "role"):
        texts = given.get(f"{key}s", {})
        found |= {key if tag == "en" else f"{key}@{tag}": text for tag, text in texts.items()}
    several = {"telephone": "telephones", "fax": "faxes", "x400": "x400s", "uri": "uris", "email": "emails"}
    return m.Text(found | {k: "\n".join(given[many]) for k, many in several.items() if many in given})


def representation(given: Given | None) -> m.Representation | None:
    if given is None:
        return None
    form = given.get("textFormat", given.get("enumerationFormat", {}))
    texts = {True: "true", False: "false"}
    facets = {k: texts[v] if isinstance(v, bool) else str(v) for k, v in form.items() if k != "textType"}
    return m.Representation(ref(given.get("enumeration")), form.get("textType", "String"), m.Text(facets))


def component(given: Given) -> dict[str, Any]:
    local = representation(given.get("localRepresentation"))
    annotations = tuple(map(_annotation, given.get("annotations", ())))
    return {
        "id": given["id"], "annotations": annotations, "concept": ref(given["conceptIdentity"]),
        "roles": refs(given.get("conceptRoles", ())), "representation": local,
    }  # fmt: skip


def data_structure(given: Given) -> m.DataStructure:
    inside = given["dataStructureComponents"]
    listed = inside["dimensionList"]
    dimensions = [m.Dimension(**component(d)) for d in listed["dimensions"]]
    dimensions += [m.Dimension(**component(d), is_time=True) for d in listed.get("timeDimensions", ())]
    return m.DataStructure(
        **maintained(given),
        dimensions=tuple(dimensions),
        measures=(m.Measure(**component(inside["measureList"]["primaryMeasure"])),),
        attributes=tuple(map(attribute, inside.get("attributeList", {}).get("attributes", ()))),
        groups=tuple(
            m.Group(id=g["id"], dimensions=tuple(g["groupDimensions"])) for g in inside.get("groups", ())
        ),
    )


def attribute(given: Given) -> m.Attribute:
    ((key, value),) = given["attributeRelationship"].items()
    to = {"dimensions": value, "group": [value]}.get(key, ())
    is_mandatory = given["assignmentStatus"] == "Mandatory"
    about = {"is_mandatory": is_mandatory, "attachment": RELATIONS[key], "attached_to": tuple(to)}
    return m.Attribute(**component(given), **about)


def constraint(given: Given) -> m.DataConstraint:
    attached = given.get("constraintAttachment", {}).values()
    to = [urn for found in attached for urn in (found if isinstance(found, list) else [found])]
    calendar = given.get("releaseCalendar")
    return m.DataConstraint(
        **maintained(given),
        role=given["type"],
        attached_to=refs(to),
        regions=tuple(map(region, given.get("cubeRegions", ()))),
        key_sets=tuple(
            m.DataKeySet(tuple(map(key, found["keys"])), found["isIncluded"])
            for found in given.get("dataKeySets", ())
        ),
        calendar=m.ReleaseCalendar(**calendar) if calendar else None,
    )


def key(given: Given) -> m.DataKey:
    return m.DataKey(tuple(m.MemberSelection(v["id"], (v["value"],)) for v in given["keyValues"]))


def region(given: Given) -> m.CubeRegion:
    keys = [selection(v, True) for v in given.get("keyValues", ())]
    others = [selection(v, False) for v in given.get("attributes", ())]
    return m.CubeRegion((*keys, *others), given["isIncluded"])


def selection(given: Given, is_key: bool) -> m.MemberSelection:
    span = given.get("timeRange", {})
    start = span.get("startPeriod", span.get("afterPeriod", {}))
    end = span.get("endPeriod", span.get("beforePeriod", {}))
    return m.MemberSelection(
        given["id"], tuple(given.get("values", ())), True, start.get("period"), end.get("period"),
        start.get("isInclusive", True), end.get("isInclusive", True), tuple(given.get("cascadeValues", ())),
        is_key,
    )  # fmt: skip


def hierarchy(given: Given) -> m.Hierarchy:
    (only,) = given["hierarchies"]
    assert only["names"] == given["names"]
    codes = tuple(map(hierarchical_code, only["hierarchicalCodes"]))
    levels, level = [], only.get("level")
    while level:
        levels.append(m.Identifiable(**named(level)))
        level = level.get("level")
    return m.Hierarchy(
        **maintained(given), codes=codes, has_formal_levels=only["leveled"], levels=tuple(levels)
    )


def hierarchical_code(given: Given) -> m.HierarchicalCode:
    level = ref(given.get("level"))
    below = tuple(map(hierarchical_code, given.get("hierarchicalCodes", ())))
    annotations = tuple(map(_annotation, given.get("annotations", ())))
    name = level and level.item.rpartition(".")[2]
    return m.HierarchicalCode(
        given["id"], annotations=annotations, code=ref(given.get("code")), children=below, level=name
    )


def metadata_structure(given: Given) -> m.MetadataStructure:
    reports = given.get("metadataStructureComponents", {}).get("reportStructures", [{}])
    attributes = tuple(map(metadata_attribute, reports[0].get("metadataAttributes", ())))
    return m.MetadataStructure(**maintained(given), attributes=attributes)


def metadata_attribute(given: Given) -> m.MetadataAttribute:
    most = given.get("maxOccurs", 1)
    about = component(given)
    del about["roles"]
    return m.MetadataAttribute(
        **about,
        is_presentational=given.get("isPresentational", False),
        min_occurs=given.get("minOccurs", 1),
        max_occurs=None if most == "unbounded" else most,
        attributes=tuple(map(metadata_attribute, given.get("metadataAttributes", ()))),
    )


MAPS = {
    "codelistMaps": ("codeMaps", m.RepresentationMap),
    "conceptSchemeMaps": ("conceptMaps", m.ConceptSchemeMap),
    "categorySchemeMaps": ("categoryMaps", m.CategorySchemeMap),
    "organisationSchemeMaps": ("organisationMaps", m.OrganisationSchemeMap),
    "reportingTaxonomyMaps": ("reportingCategoryMaps", m.ReportingTaxonomyMap),
}


def structure_set(given: Given) -> m.Maintainable:
    for key, (pairs, cls) in MAPS.items():
        for found in given.get(key, ()):
            ends = {"source": ref(found["source"]), "target": ref(found["target"])}
            mapped = tuple(map(pair, found[pairs]))
            if cls is m.RepresentationMap:
                sides = {f"{side}_codelists": (end,) for side, end in ends.items()}
            else:
                sides = {f"{side}_scheme": end for side, end in ends.items()}
            return cls(**maintained(given), **sides, mappings=mapped)
    (found,) = given["structureMaps"]
    maps = tuple(
        m.ComponentMap((ref(c["source"]).item,), (ref(c["target"]).item,)) for c in found["componentMaps"]
    )
    sides = {f"{side}_structure": ref(found[side]) for side in ("source", "target")}
    return m.StructureMap(**maintained(given), **sides, component_maps=maps)


def pair(given: Given) -> m.ValueMapping:
    source, target = ref(given["source"]), ref(given["target"])
    annotations = tuple(map(_annotation, given.get("annotations", ())))
    return m.ValueMapping((m.MappedValue(source.item),), (target.item,), annotations=annotations)


def process(given: Given) -> m.Process:
    return m.Process(**maintained(given), steps=tuple(map(step, given.get("processSteps", ()))))


def step(given: Given) -> m.ProcessStep:
    done = [given["computation"]] if "computation" in given else []
    return m.ProcessStep(
        **named(given),
        inputs=tuple(map(artefact, given.get("inputs", ()))),
        outputs=tuple(map(artefact, given.get("outputs", ()))),
        computation=tuple(m.Computation(m.Text(c["descriptions"]), *map(c.get, SOFTWARE)) for c in done),
        transitions=tuple(map(transition, given.get("transitions", ()))),
        steps=tuple(map(step, given.get("processSteps", ()))),
    )


SOFTWARE = ("localID", "softwarePackage", "softwareLanguage", "softwareVersion")


def artefact(given: Given) -> m.ProcessArtefact:
    return m.ProcessArtefact(ref(given["objectReference"]), given.get("localID"))


def transition(given: Given) -> m.Transition:
    target = ref(given["targetStep"]).item
    return m.Transition(target, m.Text(given["conditions"]), given.get("id"), given.get("localID"))


def referring(cls: type[m.Maintainable], **fields: str) -> Callable[[Given], Any]:
    return lambda given: cls(**maintained(given), **{f: ref(given.get(k)) for f, k in fields.items()})


CLASSES: dict[str, Callable[[Given], Any]] = {
    "codelists": scheme(m.Codelist, "codes", code),
    "conceptSchemes": scheme(m.ConceptScheme, "concepts", concept),
    "categorySchemes": nested(m.CategoryScheme, "categories", category),
    "reportingTaxonomies": nested(m.ReportingTaxonomy, "reportingCategories", reporting),
    "agencySchemes": scheme(m.AgencyScheme, "agencies", organisation),
    "dataProviderSchemes": scheme(m.DataProviderScheme, "dataProviders", organisation),
    "dataConsumerSchemes": scheme(m.DataConsumerScheme, "dataConsumers", organisation),
    "organisationUnitSchemes": scheme(m.OrganisationUnitScheme, "organisationUnits", organisation),
    "dataStructures": data_structure,
    "metadataStructures": metadata_structure,
    "dataflows": referring(m.Dataflow, structure="structure"),
    "metadataflows": referring(m.Metadataflow, structure="structure"),
    "provisionAgreements": referring(
        m.ProvisionAgreement, dataflow="structureUsage", provider="dataProvider"
    ),
    "categorisations": referring(m.Categorisation, categorised="source", category="target"),
    "contentConstraints": constraint,
    "hierarchicalCodelists": hierarchy,
    "structureSets": structure_set,
    "processes": process,
}
