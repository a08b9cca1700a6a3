"""vqlib: the thin module under the vector-quantization notebooks.

Read it in this order: `codebook`, `measure`, `design`, `image`, `limits`; then `sources`, `plot` and `explore`.
"""

from .codebook import Codebook as Codebook
