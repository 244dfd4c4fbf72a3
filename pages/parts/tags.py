"""The number of a box and of its card, in the same colour on both."""

from vision import drawing


def ground_of(number: int) -> str:
    """The colour of the box with that number, from 1, as CSS."""
    return _css(drawing.colour_at(number - 1))


def text_of(number: int) -> str:
    """The colour in which the number is written on it, as CSS."""
    return _css(drawing.text_colour(drawing.colour_at(number - 1)))


def tag_html(number: int) -> str:
    """The number as it stands on a card."""
    style = f"background:{ground_of(number)};color:{text_of(number)}"
    return f'<span class="sl-number" style="{style}">{number}</span>'


def _css(colour: drawing.Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
