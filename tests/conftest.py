"""Property tests try the same examples every time, and a slow or busy machine fails none of them."""

import os

from hypothesis import settings

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # idle threads of scikit-learn sleep
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")
