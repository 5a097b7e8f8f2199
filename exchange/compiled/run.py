"""Runs a module with the compiled engine: `python -m exchange.compiled.run MODULE`, as `python -m MODULE`.

For benchmarks and tests; it refuses where there is no build.
"""

import runpy
import sys

from exchange.compiled.loading import COMPILED, NotCompiled, choose_engine

if __name__ == "__main__":
    try:
        choose_engine(COMPILED)
    except NotCompiled as error:
        sys.exit(str(error))
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
