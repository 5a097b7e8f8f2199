"""`python -m tools.sdk DOCUMENT.json`: write the package's generated files anew."""

import json
import sys
from pathlib import Path

from tools.sdk.writing import write

write(json.loads(Path(sys.argv[1]).read_text()))
