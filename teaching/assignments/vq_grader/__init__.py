"""What the hidden tests of the assignments call. It stays with the teacher."""

from .asking import check as check
from .judging import NotYetError as NotYetError
