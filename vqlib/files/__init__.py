"""Quantized pictures as files."""

from .quantized import NPZ_OVERHEAD as NPZ_OVERHEAD
from .quantized import VERSION as VERSION
from .quantized import load as load
from .quantized import save as save
from .quantized import to_npz as to_npz
from .staged import STAGES_OVERHEAD as STAGES_OVERHEAD
from .staged import load_stages as load_stages
from .staged import save_stages as save_stages
from .staged import stages_to_npz as stages_to_npz
