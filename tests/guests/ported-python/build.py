"""Builds the component: `python3 build.py <output.wasm> [build folder]`.

With the versions of componentize-py that `guests/echo-py` pins, but without `-s`: WASI is imported
and not replaced by traps. The build folder is `build/` beside this file unless said otherwise.
"""

import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "../../../guests/echo-py"))
sys.dont_write_bytecode = True

import build as echo_py

WORLD = ["-q", "-d", HERE / "../../../wit", "-w", "llm-provider-with-http"]


def component(output, folder):
    # componentize-py leaves `__pycache__` among the sources that it is given.
    sources = folder / "src"
    shutil.rmtree(sources, ignore_errors=True)
    shutil.copytree(HERE / "src", sources, ignore=shutil.ignore_patterns("__pycache__"))
    echo_py.run(folder, *WORLD, "componentize", "-p", sources, "app", "-o", output)


if __name__ == "__main__":
    match sys.argv[1:]:
        case [output]:
            component(Path(output), HERE / "build")
        case [output, folder]:
            component(Path(output), Path(folder).resolve())
        case _:
            sys.exit(__doc__)
