"""Messages to bytes: tables of writers by media type and version; negotiation chooses among their keys.

`DATA["application/vnd.sdmx.data+csv;version=2.0.0"].write(message)` yields the document in chunks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from publisher.formats import (
    data_csv,
    data_generic,
    data_json,
    data_ml,
    metadata_csv,
    metadata_json,
    metadata_ml,
    registry_ml,
    schema_json,
    schema_ml,
    structure_json,
    structure_ml,
)
from publisher.formats.message import (
    DataMessage,
    ErrorMessage,
    MetadataMessage,
    RegistrationMessage,
    SchemaRequest,
    StructureMessage,
)

DataWriter = Callable[[DataMessage], Iterator[bytes | memoryview]]


@dataclass(frozen=True)
class DataFormat:
    """One row of the table of SDMX data formats."""

    media_type: str  # without version
    version: str
    write: DataWriter
    extension: str  # of a file of it
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # allowed values, default first
    only_time: bool = False  # refuses any other dimension at the observation than time

    @property
    def name(self) -> str:
        return f"{self.media_type};version={self.version}"


_CSV = "application/vnd.sdmx.data+csv"
_JSON = "application/vnd.sdmx.data+json"
_ML = "application/vnd.sdmx.data+xml"
_SPECIFIC = "application/vnd.sdmx.structurespecificdata+xml"
_GENERIC = "application/vnd.sdmx.genericdata+xml"
_SPECIFIC_SERIES = "application/vnd.sdmx.structurespecifictimeseriesdata+xml"
_GENERIC_SERIES = "application/vnd.sdmx.generictimeseriesdata+xml"

DATA: dict[str, DataFormat] = {
    row.name: row
    for row in (
        DataFormat(_JSON, "2.1.0", data_json.write_21, "json"),
        DataFormat(_JSON, "2.0.0", data_json.write_20, "json"),
        DataFormat(_JSON, "1.0.0", data_json.write_10, "json"),
        DataFormat(_CSV, "2.1.0", data_csv.write_21, "csv", data_csv.OPTIONS_20),
        DataFormat(_CSV, "2.0.0", data_csv.write_20, "csv", data_csv.OPTIONS_20),
        DataFormat(_CSV, "1.0.0", data_csv.write_10, "csv", data_csv.OPTIONS_10),
        DataFormat(_ML, "3.1.0", data_ml.write_31, "xml"),
        DataFormat(_ML, "3.0.0", data_ml.write_30, "xml"),
        DataFormat(_SPECIFIC, "2.1", data_ml.write_21, "xml"),
        DataFormat(_SPECIFIC_SERIES, "2.1", data_ml.write_21_series, "xml", only_time=True),
        DataFormat(_GENERIC, "2.1", data_generic.write, "xml"),
        DataFormat(_GENERIC_SERIES, "2.1", data_generic.write_series, "xml", only_time=True),
    )
}

StructureWriter = Callable[[StructureMessage], Iterator[bytes | memoryview]]
ErrorWriter = Callable[[ErrorMessage], Iterator[bytes | memoryview]]


@dataclass(frozen=True)
class StructureFormat:
    """One row of the table of SDMX structure formats."""

    media_type: str  # without version
    version: str
    write: StructureWriter
    extension: str

    @property
    def name(self) -> str:
        return f"{self.media_type};version={self.version}"


_STRUCTURE_ML = "application/vnd.sdmx.structure+xml"
_STRUCTURE_JSON = "application/vnd.sdmx.structure+json"

STRUCTURE: dict[str, StructureFormat] = {
    row.name: row
    for row in (
        StructureFormat(_STRUCTURE_JSON, "2.1.0", structure_json.write_21, "json"),
        StructureFormat(_STRUCTURE_JSON, "2.0.0", structure_json.write_20, "json"),
        StructureFormat(_STRUCTURE_JSON, "1.0.0", structure_json.write_10, "json"),
        StructureFormat(_STRUCTURE_ML, "3.1.0", structure_ml.write_31, "xml"),
        StructureFormat(_STRUCTURE_ML, "3.0.0", structure_ml.write_30, "xml"),
        StructureFormat(_STRUCTURE_ML, "2.1", structure_ml.write_21, "xml"),
    )
}

SchemaWriter = Callable[[SchemaRequest], Iterator[bytes | memoryview]]


@dataclass(frozen=True)
class SchemaFormat:
    """One row of the table of formats of schemas of data messages."""

    media_type: str  # without version
    version: str
    write: SchemaWriter
    extension: str

    @property
    def name(self) -> str:
        return f"{self.media_type};version={self.version}"


_SCHEMA_JSON = "application/vnd.sdmx.schema+json"
_SCHEMA_ML = "application/vnd.sdmx.schema+xml"

SCHEMA: dict[str, SchemaFormat] = {
    row.name: row
    for row in (
        SchemaFormat(_SCHEMA_JSON, "2.1.0", schema_json.write_21, "json"),
        SchemaFormat(_SCHEMA_JSON, "2.0.0", schema_json.write_20, "json"),
        SchemaFormat(_SCHEMA_ML, "3.1.0", schema_ml.write_31, "xsd"),
        SchemaFormat(_SCHEMA_ML, "3.0.0", schema_ml.write_30, "xsd"),
        SchemaFormat(_SCHEMA_ML, "2.1", schema_ml.write_21, "xsd"),
    )
}

MetadataWriter = Callable[[MetadataMessage], Iterator[bytes | memoryview]]


@dataclass(frozen=True)
class MetadataFormat:
    """One row of the table of SDMX formats of reference metadata."""

    media_type: str  # without version
    version: str
    write: MetadataWriter
    extension: str
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # allowed values, default first

    @property
    def name(self) -> str:
        return f"{self.media_type};version={self.version}"


_METADATA_JSON = "application/vnd.sdmx.metadata+json"
_METADATA_ML = "application/vnd.sdmx.metadata+xml"
_METADATA_CSV = "application/vnd.sdmx.metadata+csv"

METADATA: dict[str, MetadataFormat] = {
    row.name: row
    for row in (
        MetadataFormat(_METADATA_JSON, "2.1.0", metadata_json.write_21, "json"),
        MetadataFormat(_METADATA_JSON, "2.0.0", metadata_json.write_20, "json"),
        MetadataFormat(_METADATA_ML, "3.1.0", metadata_ml.write_31, "xml"),
        MetadataFormat(_METADATA_ML, "3.0.0", metadata_ml.write_30, "xml"),
        MetadataFormat(_METADATA_CSV, "2.1.0", metadata_csv.write, "csv", metadata_csv.OPTIONS),
        MetadataFormat(_METADATA_CSV, "2.0.0", metadata_csv.write, "csv", metadata_csv.OPTIONS),
        MetadataFormat("application/vnd.sdmx.genericmetadata+xml", "2.1", metadata_ml.write_21, "xml"),
    )
}

RegistrationWriter = Callable[[RegistrationMessage], Iterator[bytes | memoryview]]


@dataclass(frozen=True)
class RegistrationFormat:
    """One row of the table of SDMX formats of registrations."""

    media_type: str  # without version
    version: str
    write: RegistrationWriter
    extension: str = "xml"

    @property
    def name(self) -> str:
        return f"{self.media_type};version={self.version}"


_REGISTRY_ML = "application/vnd.sdmx.registry+xml"

REGISTRATION: dict[str, RegistrationFormat] = {
    row.name: row
    for row in (
        RegistrationFormat(_REGISTRY_ML, "3.1.0", registry_ml.write_31),
        RegistrationFormat(_REGISTRY_ML, "3.0.0", registry_ml.write_30),
    )
}

# An error has the form of what was asked for: by the structure format of the same family.
ERROR: dict[str, ErrorWriter] = {
    f"{_STRUCTURE_JSON};version=2.1.0": structure_json.error_21,
    f"{_STRUCTURE_JSON};version=2.0.0": structure_json.error_20,
    f"{_STRUCTURE_JSON};version=1.0.0": structure_json.error_10,
    f"{_STRUCTURE_ML};version=3.1.0": structure_ml.error_31,
    f"{_STRUCTURE_ML};version=3.0.0": structure_ml.error_30,
    f"{_STRUCTURE_ML};version=2.1": structure_ml.error_21,
}
