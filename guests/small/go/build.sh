#!/bin/sh
# Builds the component: `./build.sh <output.wasm> [build folder]`.
#
# Asks for Go 1.25 (one from 1.21 on fetches it), for `wit-bindgen` and `wasm-tools` (README.md says where
# from), and for the adapter from WASI 0.1, which is what Go speaks, to WASI 0.2: `WASI_ADAPTER` says where
# it is. The build folder is `build/` beside this file unless said otherwise; nothing else is written.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
wit=$here/../../../wit
output=${1:?the path of the component}
folder=${2:-$here/build}
: "${WASI_ADAPTER:?the path of wasi_snapshot_preview1.reactor.wasm, a file of every wasmtime release}"

# The sources become packages of the module that is generated, and its go.mod is ours. A file that was
# renamed would be compiled beside itself.
rm -rf "$folder/module"
mkdir -p "$folder/module"
"${WIT_BINDGEN:-wit-bindgen}" go "$wit" --world llm-provider --out-dir "$folder/module"
cp -R "$here"/src/. "$here/go.mod" "$here/go.sum" "$folder/module"

# The generated code reaches into Go's runtime, hence `checklinkname`; `-s -w` leaves the names out. Nothing
# but the folder decides what is built.
(
    cd "$folder/module"
    export GOOS=wasip1 GOARCH=wasm GOTOOLCHAIN="${GOTOOLCHAIN:-auto}" GOWORK=off GOFLAGS=
    go build -trimpath -buildvcs=false -buildmode=c-shared -ldflags='-checklinkname=0 -s -w' -o ../core.wasm .
)

tools=${WASM_TOOLS:-wasm-tools}
"$tools" component embed "$wit" "$folder/core.wasm" --world llm-provider --output "$folder/embedded.wasm"
"$tools" component new "$folder/embedded.wasm" --adapt "wasi_snapshot_preview1=$WASI_ADAPTER" --output "$output"
