#!/bin/bash
# A user's way to a model of their own: install Interstice, copy the template out of the tree, build it against the
# installed package, name it in a scenario. It must change the result; one built for another contract must be refused
# by name. Usage: plugin.sh BUILD_FOLDER
set -euo pipefail
build=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/interstice
fail() { echo "FAILED: $*" >&2; exit 1; }

echo "-- Installing into a fresh prefix"
cmake --install "$build" --prefix "$prefix" >/dev/null
program=$prefix/bin/interstice
"$program" --version

build_model() {  # folder
  cmake -S "$1" -B "$1/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$prefix" >/dev/null
  cmake --build "$1/build"
}

echo "-- Building the template out of the tree"
cp -r "$prefix/share/interstice/models/template" "$work/my_model"
build_model "$work/my_model"
ctest --test-dir "$work/my_model/build" --output-on-failure --no-tests=error

echo "-- Running with it and without"
cd "$work/my_model"
# no model, no protein that nothing reads, no arm that names the model
grep -v -e '^ *adenosine_deaminase:' -e 'ADA:' -e 'arms:' scenario.yaml >without.yaml
sed -i 's/^models:$/models: {}/' without.yaml
"$program" validate scenario.yaml without.yaml
"$program" run scenario.yaml -o with --threads 2
"$program" run without.yaml -o without --threads 2
adenosine() {  # folder: the last mean over the whole domain
  python3 - "$1/timeseries.csv" <<'PYTHON'
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1])))
print(rows[-1]["mean.all.adenosine [uM]"])
PYTHON
}
with=$(adenosine with)
without=$(adenosine without)
echo "mean adenosine at the end: $with uM with the plug-in, $without uM without"
python3 -c "import sys; sys.exit(not 0 <= $with < 0.999 * $without)" || fail "the plug-in does not remove adenosine"
[ "$("$program" info with --hash)" != "$("$program" info without --hash)" ] || fail "the state hash is the same"

echo "-- Refusing a plug-in of another contract"
cp -r "$prefix/share/interstice/models/template" "$work/stale_model"
header=$prefix/include/interstice/engine/model/abi.h
cp "$header" "$work/abi.h"
sed -i 's/kContractHash = 0x[0-9a-f]*/kContractHash = 0x123/' "$header"
build_model "$work/stale_model"
cp "$work/abi.h" "$header"
cd "$work/stale_model"
status=0
"$program" run scenario.yaml -o out >message.txt 2>&1 || status=$?
cat message.txt
[ "$status" = 2 ] || fail "exit code $status, expected 2"
grep -q 'libadenosine_deaminase.so' message.txt || fail "the message does not name the library"
grep -q 'contract number' message.txt || fail "the message does not say that the contract differs"
[ ! -e out ] || fail "an output folder was made"
echo "-- Passed"
