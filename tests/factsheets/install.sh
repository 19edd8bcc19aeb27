#!/usr/bin/env bash
# What the judges of printed sheets need, into the folder $1, for the Python $2; what cannot be had is said, and
# its tests are skipped.
set -u
place=$1 python=$2
mkdir -p "$place"

skip() { printf 'sheets: no %s: %s\n' "$1" "$2" >&2; }
has() { command -v "$1" >/dev/null 2>&1; }

"$python" -m pip install --quiet --editable '.[sheets]' 'pypdfium2>=5' || skip pdf 'pip could not install it'

has pdftotext || { (($(id -u) == 0)) && { apt-get update && apt-get install -y --no-install-recommends poppler-utils; } \
    >"$place/apt.log" 2>&1; } || skip pdftotext 'not installed, and only root may: apt-get install poppler-utils'

if ! has mvn || ! has java; then
    skip veraPDF 'needs java and mvn'
elif ! ls "$place"/jars/validation-model-*.jar >/dev/null 2>&1; then
    mvn -q -B -f tests/factsheets/verapdf/pom.xml dependency:copy-dependencies -DoutputDirectory="$(realpath "$place")/jars" \
        >"$place/mvn.log" 2>&1 || skip veraPDF "$(tail -n 1 "$place/mvn.log")"
fi
exit 0
