"""Builds the component: `python3 build.py <output.wasm> [build folder]`.

With the helper, the toolchain and its lockfile of `guests/echo-py`. The build folder gets a virtual
environment, and is used again; it is `build/` beside this file unless said otherwise.
"""

import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ECHO_PY = HERE / "../../echo-py"
sys.path.insert(0, str(ECHO_PY))
sys.dont_write_bytecode = True

import build as echo_py


def component(output, folder):
    """Builds the component."""
    # componentize-py leaves `__pycache__` among the sources that it is given.
    sources = folder / "src"
    shutil.rmtree(sources, ignore_errors=True)
    without = shutil.ignore_patterns("__pycache__")
    shutil.copytree(HERE / "src", sources, ignore=without)
    shutil.copytree(ECHO_PY / "src/tidegate", sources / "tidegate", ignore=without)
    # `-s` replaces WASI by traps: the component then imports nothing.
    echo_py.run(folder, *echo_py.WORLD, "componentize", "-s", "-p", sources, "app", "-o", output)


if __name__ == "__main__":
    match sys.argv[1:]:
        case [output]:
            component(Path(output), HERE / "build")
        case [output, folder]:
            component(Path(output), Path(folder).resolve())
        case _:
            sys.exit(__doc__)
