"""Constraints of SDMX-JSON 2.0 and 2.1."""

from __future__ import annotations

from collections.abc import Mapping

from publisher.formats.structure_json_parts import URN, Json, Languages, Urn, annotated, filled
from publisher.structures import model as m
from publisher.structures.urns import Ref

# Kind of what it is attached to → key, and whether it is an array.
_ATTACHED: Mapping[str, tuple[str, bool]] = {
    "dataproviderscheme": ("dataProvider", False),
    "datastructure": ("dataStructures", True),
    "dataflow": ("dataflows", True),
    "provisionagreement": ("provisionAgreements", True),
    "metadataproviderscheme": ("metadataProvider", False),
    "metadatastructure": ("metadataStructures", True),
    "metadataflow": ("metadataflows", True),
    "metadataprovisionagreement": ("metadataProvisionAgreements", True),
}


def data_constraint_20(constraint: m.DataConstraint, languages: Languages) -> Json:
    return {
        "role": constraint.role,
        "releaseCalendar": calendar(constraint.calendar),
        **data_constraint_21(constraint, languages),
    }


def data_constraint_21(constraint: m.DataConstraint, languages: Languages) -> Json:
    return {
        "constraintAttachment": attachment(constraint.attached_to),
        "dataKeySets": [_key_set(keys) for keys in constraint.key_sets],
        "cubeRegions": [_region(entry) for entry in constraint.regions],
    }


def availability(constraint: m.AvailabilityConstraint, languages: Languages) -> Json:
    """AvailabilityConstraintType: attached to one artefact, one region."""
    (ref,) = constraint.attached_to
    return annotated(constraint.annotations, languages) | {
        "constraintAttachment": {_ATTACHED[ref.kind][0].removesuffix("s"): ref.urn},
        "cubeRegion": _region(constraint.regions[0]),
        "seriesCount": constraint.series_count,
        "obsCount": constraint.obs_count,
    }


def metadata_constraint_20(constraint: m.MetadataConstraint, languages: Languages) -> Json:
    return {
        "role": "Allowed",
        "releaseCalendar": calendar(constraint.calendar),
        **metadata_constraint_21(constraint, languages),
    }


def metadata_constraint_21(constraint: m.MetadataConstraint, languages: Languages) -> Json:
    regions = [
        _region(region) | filled({"validFrom": region.valid_from, "validTo": region.valid_to})
        for region in constraint.regions
    ]
    return {
        "constraintAttachment": attachment(constraint.attached_to),
        "metadataTargetRegions": regions,
    }


def attachment(refs: tuple[Ref, ...], urn: Urn = URN) -> Json:
    attached: Json = {}
    for ref in refs:
        if ref.kind in _ATTACHED:
            key, is_array = _ATTACHED[ref.kind]
            attached[key] = [*attached.get(key, ()), urn(ref)] if is_array else urn(ref)
    return attached


def calendar(given: m.ReleaseCalendar | None) -> Json | None:
    if given is None:
        return None
    return {"periodicity": given.periodicity, "offset": given.offset, "tolerance": given.tolerance}


def _key_set(key_set: m.DataKeySet) -> Json:
    return {"isIncluded": key_set.is_included, "keys": [_key(key) for key in key_set.keys]}


def _key(key: m.DataKey) -> Json:
    """DataKeyValueType: one value, or several in 2.1."""
    values = [
        {"id": s.component} | ({"value": s.values[0]} if len(s.values) == 1 else {"values": list(s.values)})
        for s in key.selections
        if s.is_key
    ]
    others = [_selection(s) for s in key.selections if not s.is_key]
    written = {"keyValues": values, "components": others}
    return filled(written | {"validFrom": key.valid_from, "validTo": key.valid_to})


def _region(given: m.CubeRegion) -> Json:
    keys = [_selection(s) for s in given.selections if s.is_key]
    others = [_selection(s) for s in given.selections if not s.is_key]
    return filled({"include": given.is_included, "keyValues": keys, "components": others})


def _selection(given: m.MemberSelection) -> Json:
    # The schema takes a bare text too, pysdmx only an object.
    values = [{"value": v} | ({"cascadeValues": True} if v in given.cascading else {}) for v in given.values]
    return filled(
        {
            "id": given.component,
            "include": given.is_included,
            "removePrefix": given.remove_prefix,
            "validFrom": given.valid_from,
            "validTo": given.valid_to,
            "values": values,
            "timeRange": time_range(given),
        }
    )


def time_range(given: m.MemberSelection) -> Json:
    both = given.start is not None and given.end is not None
    ends = (
        ("startPeriod" if both else "afterPeriod", given.start, given.start_included),
        ("endPeriod" if both else "beforePeriod", given.end, given.end_included),
    )
    return {
        key: {"period": period, "isInclusive": included}
        for key, period, included in ends
        if period is not None
    }
