#!/bin/sh
# Builds the component: `./build.sh <output.wasm> [target folder]`.
#
# Asks for the target (`rustup target add wasm32-unknown-unknown`) and for `wasm-tools` (README.md says where
# from). The target folder is `build/` beside this file unless said otherwise; nothing else is written.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
output=${1:?the path of the component}
folder=${2:-$here/build}

# A small stack, because memory that is there is memory that is looked through after every call.
RUSTFLAGS="-Clink-arg=-zstack-size=65536" cargo build --manifest-path "$here/Cargo.toml" --locked --lib \
    --target wasm32-unknown-unknown --profile guest --target-dir "$folder"

"${WASM_TOOLS:-wasm-tools}" component new "$folder/wasm32-unknown-unknown/guest/tidegate_small.wasm" --output "$output"
