# Nothing but curl and awk: SDMX-CSV. -g leaves [ ] as they are; -f makes an HTTP error an exit code.
# The columns that are cut out stand before any column with free text.
base=$1/sdmx/v2

curl -sfg "$base/structure/dataflow/LMIS?detail=allstubs" |
    grep -o '"id":"DF_[A-Z_]*"' | cut -d'"' -f4 | sort -u | sed 's/^/flow\t/'

curl -sfg "$base/data/dataflow/LMIS/DF_UNE/*/M.MYS?c[TIME_PERIOD]=ge:2024-01&format=csvdata&formatVersion=1.0.0" |
    awk -F, -v OFS='\t' 'NR > 1 { key = $2; for (n = 3; n <= 15; n++) key = key "." $n; print "obs", key, $16, $17 }'
