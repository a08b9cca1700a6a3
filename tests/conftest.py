"""Property tests try the same examples every time, and no slow machine fails them."""

import os

from hypothesis import settings

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # idle threads of scikit-learn sleep
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")
