"""Codebooks with structure: many code vectors from few that are stored.

Stages add up (residual VQ), a split puts parts side by side (product codes). Trees are not here:
scikit-learn's `BisectingKMeans` grows them.
"""

from .inverted_file import InvertedFile as InvertedFile
from .inverted_file import train_inverted_file as train_inverted_file
from .lattice import nearest_e8 as nearest_e8
from .lattice import nearest_e8_in_ball as nearest_e8_in_ball
from .neighbours import nearest_rows as nearest_rows
from .neighbours import recall as recall
from .splits import Split as Split
from .splits import balanced_parts as balanced_parts
from .splits import check_split as check_split
from .splits import train_split as train_split
from .stage_training import check_sizes as check_sizes
from .stage_training import refine_stages as refine_stages
from .stage_training import train_stages as train_stages
from .stages import Stages as Stages
from .stages import check_stages as check_stages
