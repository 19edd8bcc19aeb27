suppressMessages(library(rsdmx))

base <- paste0(commandArgs(TRUE)[1], "/sdmx/v1")
say <- function(...) writeLines(paste(..., sep = "\t"))

say("flow", as.data.frame(readSDMX(paste0(base, "/dataflow")))$id)

message <- readSDMX(paste0(base, "/datastructure/LMIS/DSD_LFS/latest?references=children"))
lists <- slot(message, "codelists")@codelists
sizes <- setNames(sapply(lists, function(list) length(list@Code)), sapply(lists, function(list) list@id))
components <- as.data.frame(slot(message, "datastructures")@datastructures[[1]]@Components)
dimensions <- components[components$component == "Dimension", ]
say("dimension", dimensions$conceptRef, sizes[dimensions$codelist])

# rsdmx 0.6 warns of a condition of its own for each observation with several attributes.
address <- paste0(base, "/data/LMIS,DF_UNE/M.MYS............?startPeriod=2024-01")
unemployment <- suppressWarnings(as.data.frame(readSDMX(address)))
keys <- do.call(paste, c(unemployment[dimensions$conceptRef], sep = "."))
say("obs", keys, unemployment$obsTime, unemployment$obsValue)
