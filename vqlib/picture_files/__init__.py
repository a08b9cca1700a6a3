"""Picture files as bytes: what format they are, and their pixels as 8-bit grey, RGB or indices.

Pillow decodes. What stands here is about what it would get wrong or refuse: notes beside the
pixels, samples of 16 bits, settings of the whole process, files that end too early.
"""

from .decoding import decode as decode
from .decoding import reason as reason
from .formats import told as told
from .notes import PNG_START as PNG_START
from .notes import png_chunks as png_chunks
from .refusing import MEGAPIXELS as MEGAPIXELS
