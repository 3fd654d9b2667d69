"""Builds the component: `python3 build.py <output.wasm> [build folder]`.

The build folder gets a virtual environment with componentize-py in it, and is used again. It is
`build/` beside this file unless said otherwise. Nothing else is written.
"""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
WORLD = ["-q", "-d", HERE / "../../wit", "-w", "llm-provider"]


def component(output, folder):
    """Builds the component."""
    # componentize-py leaves `__pycache__` among the sources that it is given.
    sources = folder / "src"
    shutil.rmtree(sources, ignore_errors=True)
    shutil.copytree(HERE / "src", sources, ignore=shutil.ignore_patterns("__pycache__"))
    # `-s` replaces WASI by traps: the component then imports nothing.
    run(folder, *WORLD, "componentize", "-s", "-p", sources, "app", "-o", output)


def bindings(folder):
    """Writes the contract's types as Python, for tests and editors; returns where they are."""
    output = folder / "bindings"
    shutil.rmtree(output, ignore_errors=True)
    run(folder, *WORLD, "bindings", output)
    return output


def run(folder, *arguments):
    programs = environment(folder) / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run([programs / "componentize-py", *arguments], check=True)


def environment(folder):
    """The virtual environment, made where it is not there yet or for other requirements."""
    environment = folder / "venv"
    wanted = HERE / "requirements.txt"
    installed = environment / "requirements.txt"
    if not installed.exists() or installed.read_bytes() != wanted.read_bytes():
        venv.create(environment, clear=True, with_pip=True)
        python = environment / ("Scripts" if os.name == "nt" else "bin") / "python"
        pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "-q"]
        subprocess.run([*pip, "--require-hashes", "-r", wanted], check=True)
        # Written last, so that a half-made environment is made again.
        shutil.copy(wanted, installed)
    return environment


if __name__ == "__main__":
    match sys.argv[1:]:
        case [output]:
            component(Path(output), HERE / "build")
        case [output, folder]:
            component(Path(output), Path(folder).resolve())
        case _:
            sys.exit(__doc__)
