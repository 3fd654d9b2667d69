"""Builds the component: `python3 build.py <output.wasm> [build folder]`.

The build folder gets a virtual environment of its own with componentize-py in it, and is reused. It
is `build/` beside this file unless said otherwise. Nothing else is written.
"""

import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main():
    match sys.argv[1:]:
        case [output]:
            folder = HERE / "build"
        case [output, folder]:
            folder = Path(folder)
        case _:
            sys.exit(__doc__)
    requirements = HERE / "requirements.txt"
    environment = folder.resolve() / "venv"
    programs = environment / ("Scripts" if os.name == "nt" else "bin")
    installed = environment / "requirements.txt"
    if not installed.exists() or installed.read_bytes() != requirements.read_bytes():
        venv.create(environment, clear=True, with_pip=True)
        pip = [programs / "python", "-m", "pip", "--disable-pip-version-check", "install", "-q"]
        subprocess.run([*pip, "--require-hashes", "-r", requirements], check=True)
        # Written last: a half-made environment is made again.
        installed.write_bytes(requirements.read_bytes())

    # `-s` replaces WASI by traps: the component then imports nothing.
    world = ["-d", HERE / "../../wit", "-w", "llm-provider"]
    build = ["componentize", "-s", "-p", HERE / "src", "app", "-o", output]
    subprocess.run([programs / "componentize-py", "-q", *world, *build], check=True)


if __name__ == "__main__":
    main()
