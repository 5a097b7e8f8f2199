"""A folder of the development chain whose first blocks have been mined: once for all tests of a process."""

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from custody.dev_chain.node import DevNode


def mined_chain(folder: Path) -> None:
    """A copy of its own, in a folder that is not there yet."""
    shutil.copytree(_mined().name, folder)


@cache
def _mined() -> TemporaryDirectory[str]:
    """It goes with the process."""
    folder = TemporaryDirectory(prefix="ballast-mined-")
    DevNode(Path(folder.name)).close()
    return folder
