"""The whole way: pictures -> vectors -> codebook -> indices -> vectors -> picture."""

from dataclasses import replace

from numpy.typing import ArrayLike

from ..checks import check_int, check_picture
from ..codebook import Codebook, check_codebook
from ..design import count_distinct
from .blocks import check_block, into_blocks
from .colour import to_space
from .grey_levels import GreyLevels
from .palette import Colours
from .reading import Source, is_source, read_image
from .result import QuantizedImage, from_indices, whole_codebook
from .training import train_codebook


def quantize_image(
    picture: ArrayLike | Source,
    bits: int,
    *,
    block: int = 1,
    space: str = "RGB",
    fast: bool = False,
    seed: int = 0,
) -> QuantizedImage:
    """Quantize a picture, or the grey of a picture file, with 2^bits code vectors trained on it.

    The same as `encode_image(picture, train_codebook([picture], size))`, with size the smaller of
    2^bits and the number of different vectors; see there for the parameters. For several numbers of
    bits of one picture make a `GreyLevels` or a `Colours`: they keep what all of them need.

    Parameters
    ----------
    picture : uint8 array (height, width) or (height, width, 3), or what `read_image` takes
    bits : int
        Bits for an index, 1 to 8 for pixels and 1 to 16 for blocks.

    Raises
    ------
    ValueError
        If `bits` is out of range, it is not a picture, or block or space do not fit it.
    """
    most_bits = 8 if check_block(block) == 1 else 16
    bits = check_int(bits, "bits", 1, most_bits)
    if is_source(picture):
        picture = read_image(picture)
    array = check_picture(picture)
    if block == 1 and array.ndim == 3:
        return Colours(array).quantize(bits, space, fast=fast, seed=seed)
    if block == 1 and space == "RGB":
        return GreyLevels(array, bits).quantize(bits)
    size = min(2**bits, count_distinct(into_blocks(array, block), 2**bits))
    codebook = train_codebook([array], size, block=block, space=space, fast=fast, seed=seed)
    return replace(encode_image(array, codebook, block=block, space=space), bits=bits)


def encode_image(
    picture: ArrayLike, codebook: Codebook, *, block: int = 1, space: str = "RGB"
) -> QuantizedImage:
    """Quantize a picture with a given codebook.

    Picture -> vectors -> indices -> vectors -> picture. The components of the code vectors are
    rounded to whole numbers, half goes up, and cut to 0..255; code vectors that become equal are
    one.

    Parameters
    ----------
    picture : uint8 array (height, width) or (height, width, 3)
    codebook : Codebook
        At most 65536 code vectors of block * block * channels components, in grey or RGB values.
    block : int
        Height and width of a block; see `to_vectors` for the rim.
    space : str
        Where the nearest code vector is looked for, a name in `SPACES`: "RGB", or "Lab" for CIELAB
        (see `to_lab`), where equal distances look more nearly equal. The MSE is always that of grey
        or RGB values.

    Raises
    ------
    ValueError
        If it is not a picture, or codebook, block or space do not fit it.
    """
    array = check_picture(picture)
    codebook = check_codebook(codebook)
    is_grey = array.ndim == 2
    if check_block(block) == 1 and not is_grey:
        return Colours(array).encode(codebook, space)
    if block == 1 and space == "RGB":
        return GreyLevels(array).encode(codebook)
    vectors = into_blocks(array, block)
    codebook = whole_codebook(codebook.vectors, "RGB", vectors.shape[1])
    nearest = Codebook(to_space(codebook.vectors, space, is_grey=is_grey))
    indices = nearest.encode(to_space(vectors, space, is_grey=is_grey))
    return from_indices(array, indices, codebook, block)
