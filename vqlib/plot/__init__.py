"""The figures. Every function that makes one returns a `Plate`: a figure and the sentence about it.

Code vectors are red stars, borders of regions blue, samples grey, errors orange, in every notebook.
"""

from ..image import SIDE as SIDE
from .charts import CurveMarks as CurveMarks
from .charts import LimitMarks as LimitMarks
from .charts import RateMarks as RateMarks
from .charts import bars as bars
from .charts import curves as curves
from .charts import histogram as histogram
from .charts import rates as rates
from .charts import scatter as scatter
from .gallery import colour_cloud as colour_cloud
from .gallery import draw_histogram as draw_histogram
from .gallery import error_colours as error_colours
from .gallery import errors as errors
from .gallery import pictures as pictures
from .gallery import quantize_and_show as quantize_and_show
from .gallery import side_by_side as side_by_side
from .line import DensityMarks as DensityMarks
from .line import LevelMarks as LevelMarks
from .line import draw_density as draw_density
from .line import fit as fit
from .line import index_value_error as index_value_error
from .line import number_line as number_line
from .plane import PlaneMarks as PlaneMarks
from .plane import partition as partition
from .plane import voronoi_cells as voronoi_cells
from .printing import say as say
from .printing import table as table
from .search import patches_below as patches_below
from .search import planes as planes
from .style import BLUE as BLUE
from .style import CURVES as CURVES
from .style import GREY as GREY
from .style import MARKERS as MARKERS
from .style import NUMPY_SETTINGS as NUMPY_SETTINGS
from .style import ORANGE as ORANGE
from .style import PIXELS_PER_INCH as PIXELS_PER_INCH
from .style import PLANE as PLANE
from .style import RED as RED
from .style import WIDTH as WIDTH
from .style import AxesRectangle as AxesRectangle
from .style import Plate as Plate
from .style import chart_axes as chart_axes
from .style import draw_grid as draw_grid
from .style import own_settings as own_settings
from .style import styled as styled
from .text import code_words as code_words
from .text import count as count
from .text import kilobytes as kilobytes
from .text import listed as listed
from .text import number as number
from .text import numbers as numbers
from .text import rounded as rounded
