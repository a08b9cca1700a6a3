"""A JupyterHub on this machine, and people who work on it; `make test-hub` starts it."""
