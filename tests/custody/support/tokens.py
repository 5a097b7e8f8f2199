"""A PKCS#11 token without hardware: SoftHSM2, where the machine has it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from custody.signers.pkcs11 import TokenPlace

PIN = "1234"
_LIBRARIES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)


def token_place(folder: Path, label: str) -> TokenPlace:
    """A new token in this folder. The library of one process knows one folder only: the first."""
    library = next((one for one in _LIBRARIES if Path(one).exists()), None)
    tool = shutil.which("softhsm2-util")
    if library is None or tool is None:
        pytest.skip("SoftHSM2 is not installed (Debian: apt install softhsm2)")
    configuration = folder / "softhsm2.conf"
    (folder / "tokens").mkdir(exist_ok=True)
    configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    subprocess.run(
        [tool, "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "5678"],
        check=True,
        capture_output=True,
    )
    return TokenPlace(library, label, PIN)
