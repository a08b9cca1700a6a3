"""The exercises of the notebooks: what `check` wants to see, and what it says.

`check("01.2", answer)` says "right" or "not yet", and why not. Neither the notebooks nor this
package hold the answers as they are written: numbers are compared by digests, which `make
exercises` makes from the notebooks in solutions/; functions, codebooks and pictures are tried out.
It keeps a reader from seeing an answer by chance. It is no lock: who wants the answer opens
solutions/, or guesses by machine.
"""

from .checking import check as check
from .checking import foresee as foresee
