"""A result as one picture to show around: the photo, and below it the answers and how sure they are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from vision import drawing
from vision.drawing import Colour
from vision.lettering import BOLD, REGULAR, Lettering
from vision.predictions import Box

Pixels = np.ndarray

LEAST_WIDTH, MOST_WIDTH = 720, 1280
MOST_HEIGHT = 1280  # of the photo in it
ONE_COLUMN = 4
GROUND: Colour = (255, 255, 255)
AROUND: Colour = (237, 241, 245)
INK: Colour = (27, 39, 51)
FAINT: Colour = (93, 102, 112)
TRACK: Colour = (222, 228, 234)


@dataclass(frozen=True)
class Caption:
    """An answer as it stands below the photo.

    Attributes:
        name: of any length and script.
        certainty: in words, such as "Sure, 97.3 %".
        probability: 0 to 1; the length of the bar.
        colour: of the certainty.
        drawing: RGBA uint8 (size, size, 4) of what has that name; None where there is none.
    """

    name: str
    certainty: str
    probability: float
    colour: Colour
    drawing: Pixels | None = None


def compose(
    photo: np.ndarray,
    boxes: Sequence[Box],
    captions: Sequence[Caption],
    heading: str,
    note: str,
    lettering: Lettering,
) -> np.ndarray:
    """Puts photo and captions together.

    Args:
        photo: uint8 (height, width, 3), RGB.
        boxes: in pixels of the photo; none, or one for each caption, with number and name where there are several.
        heading: what stands above the captions.
        note: the small print below.

    Returns:
        uint8 (height, width, 3), RGB; between `LEAST_WIDTH` and `MOST_WIDTH` wide.
    """
    if boxes and len(boxes) != len(captions):
        raise ValueError(f"{len(boxes)} boxes and {len(captions)} captions")
    shown = _framed(photo, boxes, [caption.name for caption in captions], lettering)
    width = shown.shape[1]
    below = _Sheet(width, lettering)
    below.heading(heading)
    below.captions(captions, numbered=bool(boxes) and len(captions) > 1)
    below.note(note)
    return np.concatenate([shown, below.pixels()])


def _framed(photo: np.ndarray, boxes: Sequence[Box], names: Sequence[str], lettering: Lettering) -> np.ndarray:
    """The photo at a size that can be looked at, with its boxes, in the middle of as wide a picture as is needed."""
    height, width = photo.shape[:2]
    factor = min(max(1.0, LEAST_WIDTH / width), MOST_HEIGHT / height, MOST_WIDTH / width)
    new_wh = max(1, round(width * factor)), max(1, round(height * factor))
    if new_wh != (width, height):
        photo = np.asarray(Image.fromarray(photo).resize(new_wh, Image.Resampling.LANCZOS))
    scaled = [box.scaled(new_wh[0] / width, new_wh[1] / height) for box in boxes]
    colours = [drawing.colour_at(position) for position in range(len(scaled))]
    photo = drawing.draw_boxes(photo, scaled, colours, names, numbered=len(names) > 1, lettering=lettering)
    spare = max(0, LEAST_WIDTH - new_wh[0])
    sides = ((0, 0), (spare // 2, spare - spare // 2), (0, 0))
    around = np.empty((new_wh[1], new_wh[0] + spare, 3), np.uint8)
    around[:] = AROUND
    around[:, sides[1][0] : sides[1][0] + new_wh[0]] = photo
    return around


class _Sheet:
    """White paper below the photo, written from top to bottom."""

    def __init__(self, width: int, lettering: Lettering) -> None:
        self._unit = width / 40
        self._width = width
        self._lettering = lettering
        self._picture = Image.new("RGB", (width, 1), GROUND)
        self._y = 1.1 * self._unit

    def heading(self, text: str) -> None:
        if text:
            self._y = self._text(text, self._unit, self._y, self._inner, 1.15, REGULAR, FAINT, most=2)

    def captions(self, captions: Sequence[Caption], numbered: bool) -> None:
        columns = 1 if len(captions) <= ONE_COLUMN else 2
        gap = 1.2 * self._unit
        column_width = (self._inner - gap * (columns - 1)) / columns
        for first in range(0, len(captions), columns):
            ends = [
                self._caption(
                    caption,
                    first + place + 1 if numbered else None,
                    self._unit + place * (column_width + gap),
                    column_width,
                    size=1.9 if columns == 1 else 1.6,
                )
                for place, caption in enumerate(captions[first : first + columns])
            ]
            self._y = max(ends) + 0.9 * self._unit

    def note(self, text: str) -> None:
        self._y = self._text(text, self._unit, self._y, self._inner, 0.85, REGULAR, FAINT, most=2)

    def pixels(self) -> np.ndarray:
        self._make_room(self._y + 0.6 * self._unit)
        return np.asarray(self._picture.crop((0, 0, self._width, round(self._y + 0.6 * self._unit))))

    @property
    def _inner(self) -> float:
        return self._width - 2 * self._unit

    def _caption(self, caption: Caption, number: int | None, x: float, width: float, size: float) -> float:
        """Draws one answer at the present height; gives where it ends."""
        unit, top = self._unit, self._y + 0.3 * self._unit
        text_x = x
        if caption.drawing is not None:
            side = round(4.6 * unit)
            self._make_room(top + side)
            picture = Image.fromarray(caption.drawing).resize((side, side), Image.Resampling.LANCZOS)
            self._picture.paste(picture, (round(x), round(top)), picture)
            text_x = x + side + unit
        elif number is not None:
            text_x = x + self._number(number, x, top) + 0.6 * unit
        width -= text_x - x
        y = self._text(caption.name, text_x, top, width, size, BOLD, INK, most=2)
        y = self._text(caption.certainty, text_x, y + 0.1 * unit, width, 1.15, BOLD, caption.colour, most=1)
        y = self._bar(caption, text_x, y + 0.3 * unit, width)
        return max(y, top + 4.6 * unit if caption.drawing is not None else y)

    def _number(self, number: int, x: float, y: float) -> float:
        """Draws the number in its box' colour; gives how wide it is."""
        side = 2.3 * self._unit
        self._make_room(y + side)
        colour, canvas = drawing.colour_at(number - 1), ImageDraw.Draw(self._picture)
        canvas.rounded_rectangle((x, y, x + side, y + side), radius=0.4 * self._unit, fill=colour)
        font = self._lettering.font(str(number), 1.5 * self._unit, BOLD)
        middle = (x + side / 2, y + side / 2)
        canvas.text(middle, str(number), fill=drawing.text_colour(colour), font=font, anchor="mm")
        return side

    def _bar(self, caption: Caption, x: float, y: float, width: float) -> float:
        height = 0.55 * self._unit
        self._make_room(y + height)
        canvas = ImageDraw.Draw(self._picture)
        canvas.rounded_rectangle((x, y, x + width, y + height), radius=height / 2, fill=TRACK)
        filled = max(height, width * min(max(caption.probability, 0.0), 1.0))
        canvas.rounded_rectangle((x, y, x + filled, y + height), radius=height / 2, fill=caption.colour)
        return y + height

    def _text(
        self, text: str, x: float, y: float, width: float, size: float, weight: int, colour: Colour, most: int
    ) -> float:
        """Writes lines of `size` units; gives where they end."""
        size_px = size * self._unit
        for line in self._lettering.lines(text, size_px, weight, width, most):
            self._make_room(y + 1.3 * size_px)
            font = self._lettering.font(line, size_px, weight)
            # By their base line: letters of other fonts are higher, or hang deeper.
            ImageDraw.Draw(self._picture).text((x, y + size_px), line, fill=colour, font=font, anchor="ls")
            y += 1.3 * size_px
        return y

    def _make_room(self, height: float) -> None:
        if height <= self._picture.height:
            return
        larger = Image.new("RGB", (self._width, round(height + 12 * self._unit)), GROUND)
        larger.paste(self._picture, (0, 0))
        self._picture = larger
