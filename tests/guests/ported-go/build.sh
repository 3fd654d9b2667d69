#!/bin/sh
# Builds the component: `./build.sh <output.wasm> [build folder]`.
#
# As guests/small/go does, whose README says what it asks for, but for the world that imports `wasi:http`.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
wit=$here/../../../wit
world=llm-provider-with-http
output=${1:?the path of the component}
folder=${2:-$here/build}
: "${WASI_ADAPTER:?the path of wasi_snapshot_preview1.reactor.wasm, a file of every wasmtime release}"

# The sources become the package that the generated code asks for. A file that was renamed would be
# compiled beside itself.
rm -rf "$folder/module"
mkdir -p "$folder/module"
"${WIT_BINDGEN:-wit-bindgen}" go "$wit" --world "$world" --out-dir "$folder/module"
cp -R "$here/src" "$folder/module/export_llm_provider_provider"
cp "$here/go.mod" "$here/go.sum" "$folder/module"

# The generated code reaches into Go's runtime, hence `checklinkname`; `-s -w` leaves the names out. Nothing
# but the folder decides what is built.
(
    cd "$folder/module"
    export GOOS=wasip1 GOARCH=wasm GOTOOLCHAIN="${GOTOOLCHAIN:-auto}" GOWORK=off GOFLAGS=
    go build -trimpath -buildvcs=false -buildmode=c-shared -ldflags='-checklinkname=0 -s -w' -o ../core.wasm .
)

tools=${WASM_TOOLS:-wasm-tools}
"$tools" component embed "$wit" "$folder/core.wasm" --world "$world" --output "$folder/embedded.wasm"
"$tools" component new "$folder/embedded.wasm" --adapt "wasi_snapshot_preview1=$WASI_ADAPTER" --output "$output"
