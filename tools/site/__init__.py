"""`make site`: the notebooks as pages that need no kernel, no server and no network."""
