"""`make bench`: the package `bench`, wherever this file is started from."""

import os
import runpy
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")  # some tables read what a stage has made
runpy.run_module("bench", run_name="__main__", alter_sys=True)
