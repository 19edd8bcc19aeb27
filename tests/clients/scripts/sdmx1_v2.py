import sys

import sdmx

sdmx.add_source(
    {"id": "LMIS", "name": "LMIS", "url": f"{sys.argv[1]}/sdmx/v2", "versions": ["3.0.0"]}, override=True
)
lmis = sdmx.Client("LMIS")
# sdmx1 reads no SDMX-JSON 2, the default of REST 2: ask for SDMX-ML 3.0.
lmis.session.headers["Accept"] = (
    "application/vnd.sdmx.data+xml;version=3.0.0, application/vnd.sdmx.structure+xml;version=3.0.0"
)

for flow in lmis.dataflow().dataflow:
    print("flow", flow, sep="\t")

structure = lmis.datastructure("DSD_LFS", params={"references": "descendants"}).structure["DSD_LFS"]
dimensions = [d for d in structure.dimensions if d.id != "TIME_PERIOD"]
for dimension in dimensions:
    print("dimension", dimension.id, len(dimension.local_representation.enumerated), sep="\t")

# sdmx1 2.28 reads no attribute of several values (OBS_STATUS) in SDMX-ML 3.0, and writes no c[TIME_PERIOD]=:
# leave the attributes out, and cut the time afterwards.
unemployment = sdmx.to_pandas(lmis.data("DF_UNE", key="M.MYS", params={"attributes": "none"})).reset_index()
for row in unemployment[unemployment.TIME_PERIOD >= "2024-01"].to_dict("records"):
    print("obs", ".".join(row[d.id] for d in dimensions), row["TIME_PERIOD"], row["value"], sep="\t")
