#!/bin/sh
# Builds the component: `./build.sh <output.wasm> [build folder]`.
#
# Asks for `wit-bindgen` and `wasm-tools` (README.md says where from), and for a clang with a wasi-libc:
# Debian's, or whatever `WASM_CC` says. The build folder is `build/` beside this file unless said
# otherwise; nothing else is written.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
wit=$here/../../../wit
output=${1:?the path of the component}
folder=${2:-$here/build}
mkdir -p "$folder"

"${WIT_BINDGEN:-wit-bindgen}" c "$wit" --world llm-provider --out-dir "$folder/bindings"

# A reactor has no `main`. A small stack, because memory that is there is memory that is looked through
# after every call.
# shellcheck disable=SC2086
${WASM_CC:-clang --target=wasm32-wasi} \
    -std=c11 -Wall -Wextra -O2 -mexec-model=reactor -Wl,-z,stack-size=65536 -Wl,--strip-all \
    -I "$folder/bindings" -I "$here/src" -o "$folder/core.wasm" \
    "$here"/src/*.c "$here"/src/tidegate/*.c "$folder/bindings/llm_provider.c" \
    "$folder/bindings/llm_provider_component_type.o"

"${WASM_TOOLS:-wasm-tools}" component new "$folder/core.wasm" --output "$output"
