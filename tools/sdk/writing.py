"""From the document to files: what stands in each, and what is there that should not be."""

from pathlib import Path

from tools.sdk.formatting import formatted
from tools.sdk.model_files import model_files, modules_of
from tools.sdk.operation_files import operation_files
from tools.sdk.operations import operations_of
from tools.sdk.schemas import Schema, Schemas

PACKAGE = Path(__file__).resolve().parents[2] / "ballast_sdk"
FOLDERS = ("models", "operations", "async_operations")
BY_HAND = frozenset({"models/base.py"})


def generated(document: Schema) -> dict[str, str]:
    """Texts by their paths within the package."""
    schemas = Schemas.of(document)
    operations = list(operations_of(document, schemas))
    places = modules_of(operations, schemas)
    files = dict(model_files(places, schemas)) | dict(operation_files(operations, document, places))
    return {path: formatted(path, text) for path, text in files.items()}


def present() -> dict[str, str]:
    """What is there now, but for what people wrote."""
    found = {
        path.relative_to(PACKAGE).as_posix(): path
        for name in FOLDERS
        for path in (PACKAGE / name).glob("*.py")
    }
    return {name: path.read_text() for name, path in found.items() if name not in BY_HAND}


def write(document: Schema) -> None:
    wanted = generated(document)
    for name in present().keys() - wanted.keys():
        (PACKAGE / name).unlink()
    for name, text in wanted.items():
        (PACKAGE / name).parent.mkdir(exist_ok=True)
        (PACKAGE / name).write_text(text)
