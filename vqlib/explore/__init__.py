"""The slider panels, one file for each notebook's; panel.py is what all of them share.

What a panel shows is computed by a scene, a plain object that works without a kernel. Sliders are
those of `ipywidgets`; what is shown goes to the one `View` of the panel, that is view.js: in one
message for each move, or ahead of the move while the kernel is idle. `interact` is not used: it
redraws everything, flickers, and hides its failures.
"""

from .blocks import BlockPanel as BlockPanel
from .blocks import BlockScene as BlockScene
from .codebook_scene import CodebookScene as CodebookScene
from .colour_images import PALETTES as PALETTES
from .colour_images import ColourPanel as ColourPanel
from .colour_images import ColourScene as ColourScene
from .controls import snap_to_step as snap_to_step
from .design import STARTS as STARTS
from .design import DesignPanel as DesignPanel
from .design import DesignScene as DesignScene
from .drag import DragPanel as DragPanel
from .grey_images import CHART as CHART
from .grey_images import GreyScene as GreyScene
from .grey_images import PicturePanel as PicturePanel
from .learned import CollapsePanel as CollapsePanel
from .learned import CollapseScene as CollapseScene
from .live_drawing import LiveDrawing as LiveDrawing
from .message import SlotContent as SlotContent
from .message import palette_bytes as palette_bytes
from .message import picture_content as picture_content
from .message import slot as slot
from .pairs import PLANE_SOURCES as PLANE_SOURCES
from .panel import PANEL_LOCK as PANEL_LOCK
from .panel import THREADS as THREADS
from .panel import Panel as Panel
from .photo import UPLOAD_LIMIT as UPLOAD_LIMIT
from .photo import PhotoPanel as PhotoPanel
from .photo_scene import PhotoScene as PhotoScene
from .plane import PlanePanel as PlanePanel
from .plane import PlaneScene as PlaneScene
from .rate_distortion import LimitPanel as LimitPanel
from .rate_distortion import LimitScene as LimitScene
from .scalar import ScalarPanel as ScalarPanel
from .scalar import ScalarScene as ScalarScene
from .scaling import PassPanel as PassPanel
from .scaling import PassScene as PassScene
from .search import FindPanel as FindPanel
from .search import FindScene as FindScene
from .start_here import RampPanel as RampPanel
from .structured import StagePanel as StagePanel
from .structured import StageScene as StageScene
from .view import View as View
from .weights import WordPanel as WordPanel
from .weights import WordScene as WordScene
