"""Runs the provider and its helper without WebAssembly: `python3 -m unittest` in the folder above.

The contract's types come from componentize-py, which `build.py` installs into the folder that
`TIDEGATE_BUILD` names, or into `build/`.
"""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

import build

folder = Path(os.environ.get("TIDEGATE_BUILD", HERE.parent / "build")).resolve()
sys.path[:0] = [str(build.bindings(folder)), str(HERE.parent / "src")]
