"""Lets the stories of this folder share their hand-written history."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
