"""Property tests try the same examples every time, and a slow or busy machine fails none of them."""

import os
import sys
from pathlib import Path

from hypothesis import settings

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # scikit-learn's threads wait without taking the processor
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")

sys.path.append(str(Path(__file__).parent / "browser"))  # render.py: what a panel must look like
