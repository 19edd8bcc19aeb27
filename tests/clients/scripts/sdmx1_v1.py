import sys

import sdmx

sdmx.add_source({"id": "LMIS", "name": "LMIS", "url": f"{sys.argv[1]}/sdmx/v1"})
lmis = sdmx.Client("LMIS")

for flow in lmis.dataflow().dataflow:
    print("flow", flow, sep="\t")

structure = lmis.datastructure("DSD_LFS", params={"references": "children"}).structure["DSD_LFS"]
dimensions = [d for d in structure.dimensions if d.id != "TIME_PERIOD"]
for dimension in dimensions:
    print("dimension", dimension.id, len(dimension.local_representation.enumerated), sep="\t")

# With `dsd` it asks for the structure-specific form, a third of the size of the generic one.
key = {"FREQ": "M", "REF_AREA": "MYS"}
message = lmis.data("DF_UNE", key=key, params={"startPeriod": "2024-01"}, dsd=structure)
for row in sdmx.to_pandas(message).reset_index().to_dict("records"):
    print("obs", ".".join(row[d.id] for d in dimensions), row["TIME_PERIOD"], row["value"], sep="\t")
