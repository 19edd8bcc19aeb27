"""The rows of metadata messages of SDMX-ML 3.1 and 3.0. Source: SDMXMetadataGeneric.xsd."""

from __future__ import annotations

from publisher.structures import model as m
from publisher.structures.tags import ANNOTATIONS, MAINTAINED, Row, Rows, Version, namespaces
from publisher.structures.tags_30 import ML_30
from publisher.structures.tags_31 import ML_31

ATTRIBUTE: Rows = (
    Row("id", "id", "attribute"),
    ANNOTATIONS,
    Row("md:Value", "value", "value"),
    Row("com:Text", "", "reported text"),
    Row("com:StructuredText", "", "structured text"),
    Row("md:Attribute", "attributes", "many", lambda: ATTRIBUTE, m.ReportedAttribute),
)
METADATA_SET: Rows = (
    *MAINTAINED,
    Row("action", "action", "attribute"),
    Row("reportingBeginDate", "reporting_begin", "attribute"),
    Row("reportingEndDate", "reporting_end", "attribute"),
    Row("publicationYear", "publication_year", "attribute"),
    Row("publicationPeriod", "publication_period", "attribute"),
    Row("md:MetadataProvisionAgreement", "agreement", "ref"),
    Row("md:Metadataflow", "metadataflow", "ref"),
    Row("md:Target", "targets", "values"),
    Row("md:Attribute", "attributes", "many", ATTRIBUTE, m.ReportedAttribute),
)


def _version(structures: Version, version: str) -> Version:
    spaces = namespaces(version)
    generic = spaces["mes"].replace("/message", "/metadata/generic")
    return Version(
        structures.name,
        structures.media_type.replace("structure+xml", "metadata+xml"),
        {"mes": spaces["mes"], "com": spaces["com"], "md": generic},
        "urn",
        {m.MetadataSet: ("", "mes:MetadataSet", METADATA_SET)},
        ignored=structures.ignored,
    )


METADATA_31 = _version(ML_31, "v3_1")
METADATA_30 = _version(ML_30, "v3_0")
