import sys
from datetime import datetime
from io import BytesIO

from pysdmx.api.dc.query import DateTimeFilter, Operator
from pysdmx.api.qb import (
    ApiVersion,
    DataContext,
    DataFormat,
    DataQuery,
    RestService,
    StructureFormat,
    StructureQuery,
    StructureReference,
    StructureType,
)
from pysdmx.io import read_sdmx

base, version = sys.argv[1], ApiVersion[sys.argv[2]]  # V1_0_0 … V1_5_0, V2_0_0 … V2_2_2
is_v1 = version < ApiVersion.V2_0_0
lmis = RestService(
    f"{base}/sdmx/{'v1' if is_v1 else 'v2'}",
    version,
    DataFormat.SDMX_ML_2_1_GEN if is_v1 else DataFormat.SDMX_ML_3_0,
    StructureFormat.SDMX_ML_2_1 if is_v1 else StructureFormat.SDMX_ML_3_0,
)


def ask(answer: bytes):
    return read_sdmx(BytesIO(answer), validate=False)


for flow in ask(lmis.structure(StructureQuery(StructureType.DATAFLOW, "LMIS"))).get_dataflows():
    print("flow", flow.id, sep="\t")

query = StructureQuery(
    StructureType.DATA_STRUCTURE, "LMIS", "DSD_LFS", references=StructureReference.DESCENDANTS
)
(structure,) = ask(lmis.structure(query)).get_data_structure_definitions()
dimensions = [d for d in structure.components.dimensions if d.id != "TIME_PERIOD"]
for dimension in dimensions:
    print("dimension", dimension.id, len(dimension.enumeration), sep="\t")

# pysdmx filters components in REST 2 only, and writes no startPeriod: in REST 1.5 the time is cut below.
since = DateTimeFilter("TIME_PERIOD", Operator.GREATER_THAN_OR_EQUAL, datetime(2024, 1, 1))
key = "M.MYS" + "." * 12 if is_v1 else "M.MYS"
query = DataQuery(DataContext.DATAFLOW, "LMIS", "DF_UNE", "1.0.0", key, None if is_v1 else since)
(unemployment,) = ask(lmis.data(query)).get_datasets()
for row in unemployment.data.to_dict("records"):
    if row["TIME_PERIOD"] >= "2024-01":
        print("obs", ".".join(row[d.id] for d in dimensions), row["TIME_PERIOD"], row["OBS_VALUE"], sep="\t")
