"""Boxes and numbers on a copy of a photo, in colours that colour-blind people tell apart."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw

from vision.lettering import REGULAR, Font, Lettering
from vision.predictions import Box

Colour = tuple[int, int, int]
Corner = tuple[Literal["left", "right"], Literal["top", "bottom"]]

BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)
# Okabe and Ito, "Color Universal Design" (2008), with grey in the place of black, which a dark page would swallow.
PALETTE: tuple[Colour, ...] = (
    (0, 114, 178),
    (230, 159, 0),
    (0, 158, 115),
    (213, 94, 0),
    (204, 121, 167),
    (86, 180, 233),
    (240, 228, 66),
    (153, 153, 153),
)


def colour_at(position: int) -> Colour:
    """The colour of the box at that position, from 0; after the last colour comes the first again."""
    return PALETTE[position % len(PALETTE)]


def text_colour(ground: Colour) -> Colour:
    """Black or white, whichever has more contrast on that ground (relative luminance of WCAG 2)."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in np.array(ground) / 255]
    luminance = float(np.dot((0.2126, 0.7152, 0.0722), linear))
    return BLACK if (luminance + 0.05) ** 2 > 0.05 * 1.05 else WHITE


def tag_corners(boxes: Sequence[Box], apart: float) -> list[Corner]:
    """The corner of each box in which its number goes: the first in which no other number lies within `apart`.

    Args:
        boxes: in pixels, or in fractions of a photo.
        apart: distance in the same unit, in x and in y.
    """
    corners: list[Corner] = []
    taken: list[tuple[float, float]] = []
    for box in boxes:
        points: dict[Corner, tuple[float, float]] = {
            ("left", "top"): (box.x1, box.y1),
            ("right", "top"): (box.x2, box.y1),
            ("left", "bottom"): (box.x1, box.y2),
            ("right", "bottom"): (box.x2, box.y2),
        }
        free = (
            corner
            for corner, (x, y) in points.items()
            if all(max(abs(x - other_x), abs(y - other_y)) >= apart for other_x, other_y in taken)
        )
        chosen = next(free, ("left", "top"))
        corners.append(chosen)
        taken.append(points[chosen])
    return corners


def draw_boxes(
    photo: np.ndarray,
    boxes: Sequence[Box],
    colours: Sequence[Colour],
    names: Sequence[str] = (),
    numbered: bool = True,
    lettering: Lettering | None = None,
) -> np.ndarray:
    """Draws numbered boxes on a copy of a photo: 1 for the first box, and so on.

    Args:
        photo: uint8 (height, width, 3), RGB.
        boxes: in pixels of the photo.
        colours: one for each box.
        names: what stands behind each number; none leaves the numbers alone.
        numbered: whether there are numbers, and names, at all.
        lettering: the fonts; None takes those at hand.

    Returns:
        uint8 (height, width, 3), RGB.
    """
    height, width = photo.shape[:2]
    picture = Image.fromarray(photo)
    canvas = ImageDraw.Draw(picture)
    thickness = max(2, round(max(height, width) / 240))
    font_size = max(10.0, max(height, width) / 44)
    lettering = lettering or Lettering()
    inside = [box.clipped((height, width)) for box in boxes]
    for box, colour in zip(inside, colours, strict=True):
        _draw_frame(canvas, box, colour, thickness)
    if not numbered:
        return np.array(picture)
    corners = tag_corners(inside, 1.5 * font_size)
    for position, (box, colour, corner) in enumerate(zip(inside, colours, corners, strict=True)):
        text = f"{position + 1} {names[position]}" if names else str(position + 1)
        (text,) = lettering.lines(text, font_size, REGULAR, width / 2, most=1)
        font = lettering.font(text, font_size, REGULAR)
        _draw_tag(canvas, (width, height), box, corner, text, colour, font)  # last: no frame hides a number
    return np.array(picture)


def _draw_frame(canvas: ImageDraw.ImageDraw, box: Box, colour: Colour, thickness: int) -> None:
    """A coloured frame inside a white and a black line: on any photo one of the three stands out."""
    edge = max(1, thickness // 3)
    for outside, line, ground in ((2 * edge, edge, BLACK), (edge, edge, WHITE), (0, thickness, colour)):
        x1, y1, x2, y2 = (round(value) for value in box.xyxy)
        corners = (x1 - outside, y1 - outside, max(x1, x2 - 1) + outside, max(y1, y2 - 1) + outside)
        canvas.rectangle(corners, outline=ground, width=line)


def _draw_tag(
    canvas: ImageDraw.ImageDraw,
    size_wh: tuple[int, int],
    box: Box,
    corner: Corner,
    text: str,
    colour: Colour,
    font: Font,
) -> None:
    """The number outside a corner of its box, so that it hides nothing; inside where it would leave the photo."""
    left, _, right, _ = canvas.textbbox((0, 0), text, font=font)
    _, _, _, line_height = canvas.textbbox((0, 0), "0g", font=font)
    space_x, space_y = max(2.0, line_height / 4), max(1.0, line_height / 8)
    width, height = right - left + 2 * space_x, line_height + 2 * space_y
    x = box.x1 if corner[0] == "left" else box.x2 - width
    x = max(0.0, min(x, size_wh[0] - width))
    if corner[1] == "top":
        y = box.y1 - height if box.y1 >= height else box.y1
    else:
        y = box.y2 if box.y2 + height <= size_wh[1] else box.y2 - height
    y = max(0.0, min(y, size_wh[1] - height))
    canvas.rectangle((x, y, x + width, y + height), fill=colour)
    canvas.text((x + space_x - left, y + space_y), text, fill=text_colour(colour), font=font)
