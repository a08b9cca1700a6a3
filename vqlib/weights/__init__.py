"""The weights of a network in few bits."""

from .scaling import NF4 as NF4
from .scaling import Blockwise as Blockwise
from .scaling import blockwise as blockwise
from .sharing import Shared as Shared
from .sharing import share as share
from .turning import turn as turn
from .turning import turn_back as turn_back
