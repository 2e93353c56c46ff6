#!/bin/bash
# A user's way to a model of their own: install Interstice, copy the template out of the tree, build it against the
# installed package, name it in a scenario. It must change the result; one built for another contract must be refused
# by name. Then every model that ships is moved out of the tree and built as a plug-in. Usage: plugin.sh BUILD_FOLDER
set -euo pipefail
build=$1
models=$(cd "$(dirname "$0")/../../models" && pwd)
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

echo "-- Building every model that ships, out of the tree and as it is"
moved=$work/moved_models
mkdir "$moved"
cat >"$moved/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(moved LANGUAGES CXX)
find_package(Interstice CONFIG REQUIRED)
set(CMAKE_CXX_STANDARD 20)
CMAKE
# Under another name, which the built-in model has already.
for source in "$models"/*.cpp; do
  file=$(basename "$source" .cpp)
  [ "$file" != builtin ] || continue
  cp "$source" "$moved"
  for model in $(sed -n 's/^const ModelDescriptor& \([a-z0-9_]*\)();/\1/p' "$models/$file.h"); do
    cat >"$moved/export_$model.cpp" <<CPP
#include "engine/model/plugin.h"
#include "models/$file.h"
namespace {
const interstice::ModelDescriptor moved = [] {
  interstice::ModelDescriptor descriptor = interstice::models::$model();
  descriptor.name = "moved_$model";
  return descriptor;
}();
}  // namespace
INTERSTICE_EXPORT_MODEL(moved);
CPP
    echo "interstice_add_model(moved_$model $file.cpp export_$model.cpp)" >>"$moved/CMakeLists.txt"
  done
done
build_model "$moved"
for library in "$moved"/build/*.so; do  # one that loads may own columns that the built-in model owns too
  "$program" describe "$library" >"$work/description.txt" 2>&1 || grep -q "both own the column" "$work/description.txt" ||
    fail "$(basename "$library") does not load: $(cat "$work/description.txt")"
done

echo "-- A moved model gives the numbers of the built-in one"
# The state hash covers the name of a model and the digest of its library, so that the time series are compared: every
# number in them is written such that reading gives its bits again.
run_moved() {  # scenario line of the model, output
  cat >"$work/moved.yaml" <<YAML
schema: 2
domain: {size: [40 um, 40 um, 40 um], spacing: 10 um}
time: [{until: 2 s, transport: 50 ms, vesicles: 50 ms, cells: 1 s, series: 1 s}]
species:
  AMP: {diffusivity: 600 um^2/s, initial: 10 uM}
  ADP: {diffusivity: 550 um^2/s}
  ATP: {diffusivity: 500 um^2/s}
  adenosine: {diffusivity: 770 um^2/s, initial: 1 uM}
vesicles: {ev: {number: 2000 EV, proteins: {CD73: {mean: 40}}}}
models: {$1}
YAML
  "$program" run "$work/moved.yaml" -o "$work/$2" --quiet --threads 2
}
for model in cd73 ligand_sink; do
  settings=$([ "$model" = cd73 ] || echo "ligand: adenosine")
  run_moved "$model: {$settings}" "$model"
  run_moved "moved_$model: {library: $moved/build/libmoved_$model.so, $settings}" "moved_$model"
  sed 's/moved_//' "$work/moved_$model/timeseries.csv" | cmp - "$work/$model/timeseries.csv" ||
    fail "moved_$model gives other numbers than $model"
done

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
