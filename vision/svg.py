"""SVG drawings as pixels."""

import io
from pathlib import Path

import numpy as np
import resvg_py
from PIL import Image, PngImagePlugin  # noqa: F401


def render_svg(path_or_text: str | Path, size_px: int) -> np.ndarray:
    """Render an SVG file, or SVG markup that starts with ``<``, to RGBA uint8 (H, W, 4) with straight alpha.

    ``size_px`` is the width; the height follows from the view box, and is the same for our square drawings.
    Raises ``ValueError`` where resvg cannot read the drawing, ``FileNotFoundError`` where there is no such file.
    """
    text = str(path_or_text)
    if not text.lstrip().startswith("<"):
        text = Path(path_or_text).read_text(encoding="utf-8")
    png = bytes(resvg_py.svg_to_bytes(svg_string=text, width=size_px, skip_system_fonts=True))
    if not png:
        raise ValueError("resvg gave back no picture: is this an SVG drawing?")
    return np.asarray(Image.open(io.BytesIO(png), formats=["PNG"]).convert("RGBA"), np.uint8)
