"""vqlib: the thin module under the vector-quantization notebooks.

Read it in this order: `codebook`, `nearest`, `measure`, `design`, `structured`, `learned`,
`weights`, `image`, `limits`; then `sources`, `plot` and `explore`. A module imports only from those
below it; `arrays` and `checks` are at the bottom, `explore` is on top. `scale` comes last: it is
optional, needs the package dask, and nothing else loads it.
"""

from .codebook import Codebook as Codebook
