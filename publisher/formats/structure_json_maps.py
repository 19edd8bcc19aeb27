"""Maps of SDMX-JSON 2.0 and 2.1."""

from __future__ import annotations

from typing import Any

from publisher.formats.structure_json_parts import Json, Languages, annotated, filled, urn_of, zoned
from publisher.structures import model as m
from publisher.structures.urns import Ref


def structure_map(given: m.StructureMap, languages: Languages) -> Json:
    return {
        "source": urn_of(given.source_structure),
        "target": urn_of(given.target_structure),
        "epochMaps": [_epoch(entry, languages) for entry in given.epoch_maps],
        "datePatternMaps": [_date_pattern(entry, languages) for entry in given.date_maps],
        "frequencyFormatMappings": [_frequency(entry, languages) for entry in given.frequency_formats],
        "componentMaps": [_component_map(entry, languages) for entry in given.component_maps],
        "fixedValueMaps": [_fixed(entry) for entry in given.fixed_values],
    }


def _component_map(given: m.ComponentMap, languages: Languages) -> Json:
    written: Json = {"source": list(given.source), "target": list(given.target)}
    written["representationMap"] = urn_of(given.representation_map)
    return filled(written | annotated(given.annotations, languages))


def _fixed(given: m.FixedValueMap) -> Json:
    return filled({"target": given.target, "source": given.source, "values": list(given.values)})


def _date_map(given: m.DateMap, languages: Languages) -> Json:
    return {
        "id": given.id,
        **annotated(given.annotations, languages),
        "mappedComponents": [{"source": source, "target": target} for source, target in given.mapped],
        "frequencyDimension": given.frequency_dimension,
        "mappedFrequencies": list(given.mapped_frequencies),
        "targetFrequencyID": given.target_frequency,
        "resolvePeriod": given.resolve_period,
    }


def _epoch(given: m.EpochMap, languages: Languages) -> Json:
    more = {"basePeriod": given.base_period, "epochPeriod": given.epoch_period}
    return filled(_date_map(given, languages) | more)


def _date_pattern(given: m.DatePatternMap, languages: Languages) -> Json:
    more = {"sourcePattern": given.source_pattern, "locale": given.locale}
    return filled(_date_map(given, languages) | more)


def _frequency(given: m.FrequencyFormat, languages: Languages) -> Json:
    written: Json = {"id": given.id, "frequencyId": given.frequency, "datePattern": given.pattern}
    return filled(written | annotated(given.annotations, languages))


def representation_map(given: m.RepresentationMap, languages: Languages) -> Json:
    def side(entries: tuple[Ref | str, ...]) -> list[Json]:
        return [{"codelist": e.urn} if isinstance(e, Ref) else {"dataType": e} for e in entries]

    mappings = [
        filled(
            {
                **_mapping(entry, languages),
                "sourceValues": [_mapped(value) for value in entry.source],
                "targetValues": list(entry.target),
            }
        )
        for entry in given.mappings
    ]
    return {
        "source": side(given.source_codelists),
        "target": side(given.target_codelists),
        "representationMappings": mappings,
    }


def item_scheme_map(given: m.ItemSchemeMap, languages: Languages) -> Json:
    def written(entry: m.ValueMapping) -> Json:
        source = _mapped(entry.source[0]) if entry.source else None
        target = entry.target[0] if entry.target else None
        return filled(_mapping(entry, languages) | {"sourceValue": source, "targetValue": target})

    return {
        "source": urn_of(given.source_scheme),
        "target": urn_of(given.target_scheme),
        "itemMaps": [written(entry) for entry in given.mappings],
    }


def _mapping(given: m.ValueMapping, languages: Languages) -> Json:
    valid: dict[str, Any] = {"validFrom": zoned(given.valid_from), "validTo": zoned(given.valid_to)}
    return annotated(given.annotations, languages) | valid


def _mapped(given: m.MappedValue) -> Json:
    more = {"isRegEx": given.is_regex, "startIndex": given.start, "endIndex": given.end}
    return {"value": given.value} | {key: value for key, value in more.items() if value is not None}
