"""Text in pictures: a font that knows the letters, and lines that fit, whatever a name is made of."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

from vision.names import tidy

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

BOLD, REGULAR = 700, 400
# For scripts that the fonts handed in do not know; many systems have one of these.
SYSTEM_FONTS = ("DejaVuSans.ttf", "NotoSansCJK-Regular.ttc", "Arial Unicode.ttf")
ELLIPSIS = "…"
_NO_LETTER = "\U0010ffff"


class Lettering:
    """Fonts for pictures: those handed in, then those of the system, then the one in Pillow, which knows English."""

    def __init__(self, font_files: Iterable[Path] = ()) -> None:
        self._files = (*(str(path) for path in font_files), *SYSTEM_FONTS)

    def font(self, text: str, size_px: float, weight: int = REGULAR) -> Font:
        """The first font that knows every letter of a text; where none does, the first there is."""
        fonts: list[Font] = [font for name in self._files if (font := _opened(name, size_px, weight)) is not None]
        fonts.append(ImageFont.load_default(size_px))
        return next((font for font in fonts if _knows(font, text)), fonts[0])

    def lines(self, text: str, size_px: float, weight: int, width_px: float, most: int) -> list[str]:
        """The text broken into lines no wider than `width_px`, at most `most`; an ellipsis for what is left over."""
        text = plain(text)
        font = self.font(text, size_px, weight)
        lines: list[str] = []
        while text and len(lines) < most:
            line = _fitting(text, font, width_px)
            if len(lines) + 1 == most and len(line) < len(text):
                return [*lines, _fitting(text, font, width_px - font.getlength(ELLIPSIS)).rstrip() + ELLIPSIS]
            lines.append(line.rstrip())
            text = text[len(line) :].lstrip()
        return lines


def plain(text: str) -> str:
    """The text without marks that turn around or hide what stands beside them, in one line."""
    return "".join(letter for letter in tidy(text) if letter.isprintable())  # fonts draw joiners as boxes


def _fitting(text: str, font: Font, width_px: float) -> str:
    """The longest beginning that fits, ending with a word where one does; never nothing."""
    fitting, most = 1, len(text)
    while fitting < most:
        middle = (fitting + most + 1) // 2
        if font.getlength(text[:middle]) <= width_px:
            fitting = middle
        else:
            most = middle - 1
    if fitting == len(text) or text[fitting] == " ":
        return text[:fitting]
    space = text.rfind(" ", 0, fitting)
    return text[: space + 1] if space > 0 else text[:fitting]


@lru_cache(maxsize=64)
def _opened(name: str, size_px: float, weight: int) -> ImageFont.FreeTypeFont | None:
    try:
        font = ImageFont.truetype(name, size_px)
    except (OSError, ValueError):
        return None
    try:
        usual = {axis["name"]: axis["default"] or 0 for axis in font.get_variation_axes()}
        font.set_variation_by_axes([weight if name == b"Weight" else value for name, value in usual.items()])
    except (OSError, NotImplementedError):  # of one weight only
        pass
    return font


def _knows(font: Font, text: str) -> bool:
    unknown = _picture(font, _NO_LETTER)
    return all(_picture(font, letter) != unknown for letter in set(text) if not letter.isspace())


@lru_cache(maxsize=4096)
def _picture(font: Font, letter: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(letter)
    return mask.size, bytes(mask)
