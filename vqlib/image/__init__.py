"""Pictures: read one, turn it into vectors and back, quantize it, and count what that costs.

A picture is a uint8 array, (height, width) for grey or (height, width, 3) for RGB.
"""

from ..arrays import Picture as Picture
from ..assets import DATA as DATA
from ..assets import SAMPLES as SAMPLES
from ..picture_files import MEGAPIXELS as MEGAPIXELS
from .blocks import blocks_in as blocks_in
from .blocks import tiles as tiles
from .blocks import to_byte_vectors as to_byte_vectors
from .blocks import to_picture as to_picture
from .blocks import to_vectors as to_vectors
from .colour import SPACES as SPACES
from .colour import grey as grey
from .colour import to_lab as to_lab
from .cropping import SIDE as SIDE
from .cropping import crop as crop
from .cropping import fit_to_side as fit_to_side
from .cropping import rows_and_columns as rows_and_columns
from .cropping import window as window
from .cutting import Patches as Patches
from .cutting import patches as patches
from .dither import diffuse as diffuse
from .grey_levels import GreyLevels as GreyLevels
from .jpeg import Jpegs as Jpegs
from .jpeg import jpeg_at as jpeg_at
from .palette import Colours as Colours
from .palette import median_cut as median_cut
from .palette import random_pixels as random_pixels
from .palette import uniform_palette as uniform_palette
from .quantizing import encode_image as encode_image
from .quantizing import quantize_image as quantize_image
from .reading import Source as Source
from .reading import read_image as read_image
from .reading import read_with as read_with
from .reading import sample as sample
from .result import QuantizedImage as QuantizedImage
from .result import from_indices as from_indices
from .staged import StagedImage as StagedImage
from .staged import StageSearch as StageSearch
from .staged import encode_in_stages as encode_in_stages
from .staged import train_tile_stages as train_tile_stages
from .training import Pictures as Pictures
from .training import train_codebook as train_codebook
from .viewing import views as views
