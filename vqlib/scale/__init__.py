"""A codebook from more data than memory, on Dask: in threads, in processes, or on a cluster.

Optional: nothing else in vqlib loads it, and it needs the package dask.
"""

from .passes import lloyd_in_chunks as lloyd_in_chunks
from .sampling import sample_rows as sample_rows
