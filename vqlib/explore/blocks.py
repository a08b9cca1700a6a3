"""The panel of notebook 06_blocks."""

from typing import Any

from .. import image, plot
from ..arrays import Picture
from ..checks import check_int, check_one_of
from ..codebook import Codebook
from ..image import QuantizedImage
from .codebook_scene import CodebookScene
from .controls import dropdown, slider
from .photo import PhotoPanel, error_slot, picture_slot
from .photo_scene import picture_caption

THIS_PICTURE = "this picture"
OTHER_PICTURES = "other pictures"
SOURCES = (THIS_PICTURE, OTHER_PICTURES)
"""Where a codebook comes from."""
PHOTOGRAPHS = image.SAMPLES[:4]
"""The pictures of which the other ones are taken; the last sample is a chart."""
BLOCKS = [("1 x 1", 1), ("2 x 2", 2), ("4 x 4", 4), ("8 x 8", 8)]


class BlockScene(CodebookScene):
    """One grey picture, ready to be shown in blocks from any codebook; see `PhotoScene`."""

    is_by_grey = True

    def compute(self, block: int, bits: int, source: str) -> tuple[QuantizedImage, str]:
        """With the codebook trained on the picture itself or on the other photographs."""
        check_int(bits, "bits", 1, 8)
        if check_one_of(source, "source", SOURCES) == OTHER_PICTURES:
            result = self._by_others(block, bits)
        else:
            result = image.quantize_image(self.picture, bits, block=block, fast=True)
        tiles = plot.count(result.size, "tile")
        return result, picture_caption(result, f"{tiles} of {block} x {block}")

    def encode(self, picture: Picture, codebook: Codebook, *settings: Any) -> QuantizedImage:  # noqa: ANN401
        """Any picture with these tiles."""
        block, _bits, _source = settings
        return image.encode_image(picture, codebook, block=block)

    def _by_others(self, block: int, bits: int) -> QuantizedImage:
        others = [image.sample(name) for name in PHOTOGRAPHS if name != self.name]
        codebook = image.train_codebook(others, 2**bits, block=block, fast=True)
        return self.encode(self.picture, codebook, block, bits, OTHER_PICTURES)


class BlockPanel(PhotoPanel):
    """A grey picture in blocks: their size, the bits of an index, where the codebook comes from."""

    SCENE = BlockScene

    def __init__(self, picture: str = "china", block: int = 2, bits: int = 4) -> None:
        self.block = dropdown("block", BLOCKS, block)
        self.bits = slider("bits", bits, 1, 8)
        self.source = dropdown("codebook from", SOURCES)
        settings = [self.block, self.bits, self.source]
        below = [[picture_slot("tiles", "The codebook, from dark to light")], [error_slot()]]
        sentence = (
            "Run this cell to move the slider: a photograph in blocks of 1 to 8 pixels each way."
        )
        super().__init__(settings, below, sentence, picture)
