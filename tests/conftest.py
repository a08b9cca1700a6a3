"""Property tests try the same examples every time, and a slow machine fails none of them."""

import os

from hypothesis import settings

# scikit-learn's threads wait without taking the processor.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")
