"""Pillow's decoders, whatever settings of Pillow the reader of a notebook has changed.

Pillow has settings for the whole process: whether half a picture passes, how many pixels are too
many, which formats are registered. Here they neither count nor are changed. Each decoder is a
subclass of Pillow's own, whose methods are copies that find other values under the names of the
settings. Nothing is looked up in Pillow's registry of formats.
"""

import io
from types import FunctionType, SimpleNamespace, new_class
from typing import Any

from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from .refusing import check_pixels

_SETTINGS = {
    "Image": SimpleNamespace(**vars(Image) | {"_decompression_bomb_check": check_pixels}),
    "LOAD_TRUNCATED_IMAGES": False,
    "MAXBLOCK": 1 << 16,
    "LOADING_STRATEGY": GifImagePlugin.LoadingStrategy.RGB_AFTER_FIRST,
    "USE_RAW_ALPHA": False,
    "DECODE_CODEC_CHOICE": "auto",
    # As compressed files are read in any case: one way for all.
    "READ_LIBTIFF": True,
}


def _unset(owner: type, settings: dict[str, Any]) -> type:
    """A subclass whose methods are those of its owner, and see these settings."""
    methods = {}
    for name, method in vars(owner).items():
        if isinstance(method, FunctionType):
            names = method.__globals__ | settings
            closure = method.__closure__
            methods[name] = FunctionType(method.__code__, names, name, method.__defaults__, closure)
            methods[name].__kwdefaults__ = method.__kwdefaults__
    return new_class(owner.__name__, (owner,), exec_body=lambda body: body.update(methods))


def _say_nothing(*_: object, **__: object) -> None:
    """In place of a warning of tags, which a reader may have turned into an error."""


_SILENT = {"warnings": SimpleNamespace(warn=_say_nothing)}
_BASE = _unset(ImageFile.ImageFile, _SETTINGS)
_SETTINGS_OF_PLUGINS = _SETTINGS | {
    "ImageFile": SimpleNamespace(
        **vars(ImageFile) | {"ImageFile": _BASE, "LOAD_TRUNCATED_IMAGES": False}
    ),
    "ImageFileDirectory_v2": _unset(TiffImagePlugin.ImageFileDirectory_v2, _SILENT),
}


def _decoder(owner: type) -> type:
    return new_class(owner.__name__, (_unset(owner, _SETTINGS_OF_PLUGINS), _BASE))


_DECODERS = {
    "PNG": _decoder(PngImagePlugin.PngImageFile),
    "JPEG": _decoder(JpegImagePlugin.JpegImageFile),
    "GIF": _decoder(GifImagePlugin.GifImageFile),
    "BMP": _decoder(BmpImagePlugin.BmpImageFile),
    "TIFF": _decoder(TiffImagePlugin.TiffImageFile),
    "WebP": _decoder(WebPImagePlugin.WebPImageFile),
    "AVIF": _decoder(AvifImagePlugin.AvifImageFile),
    "JPEG 2000": _decoder(Jpeg2KImagePlugin.Jpeg2KImageFile),
    "PPM": _decoder(PpmImagePlugin.PpmImageFile),
}


def open_with_pillow(content: bytes, name: str) -> ImageFile.ImageFile:
    """A file of a format in `READABLE` as Pillow opens it; its pixels are not decoded yet."""
    opened: ImageFile.ImageFile = _DECODERS[name](io.BytesIO(content))
    check_pixels(opened.size)
    return opened
