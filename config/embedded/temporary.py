"""A pair of servers for the time of one piece of work, in a folder that is gone afterwards."""

import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded.servers import BOTH, Servers, start_servers


@contextmanager
def temporary_servers(
    prefix: str = "ballast-", *, only: Collection[str] = BOTH, begin: Callable[[Path], None] | None = None
) -> Iterator[Servers]:
    """Call it from the main thread. `begin` may put into the folder what they find. Raises ServerError."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    folder.chmod(0o711)  # the servers' account must pass through
    if begin:
        begin(folder)
    servers = start_servers(folder, only=only)
    try:
        yield servers
    finally:
        servers.stop()
        shutil.rmtree(servers.place.data)
        shutil.rmtree(folder, ignore_errors=True)
