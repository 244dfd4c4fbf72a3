"""How names and scores are put into words."""

from vision.model_card import Sureness

BADGES = {Sureness.SURE: "Sure", Sureness.LIKELY: "Likely", Sureness.UNSURE: "Not sure"}


def lead(sureness: Sureness, noun: str) -> str:
    """What stands before the name."""
    return {
        Sureness.SURE: f"This {noun} is",
        Sureness.LIKELY: f"This {noun} is probably",
        Sureness.UNSURE: "I'm not sure. It could be",
    }[sureness]


def certainty(sureness: Sureness, probability: float, is_guess: bool) -> str:
    """How sure the model is: "Sure, 97.3 %"."""
    return f"{'A guess' if is_guess else BADGES[sureness]}, {percent(probability)}"


def guess_lead(noun: str) -> str:
    """What stands before a name that was guessed from the whole photo."""
    return f"A guess from the whole photo: no {noun} was found. It could be"


def heading(label: str) -> str:
    """A class' name where it starts a line: with its first letter capitalised."""
    return label[:1].upper() + label[1:]


def inside(title: str) -> str:
    """A title where it does not start a sentence; what is written in capitals, such as BMW, stays so."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def counted(count: int, noun: str) -> str:
    """A number of things: "1 dog", "3 dogs"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def ordinal(number: int) -> str:
    """A place in a line: "1st", "12th", "23rd"."""
    ending = "th" if number // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def percent(probability: float) -> str:
    """A probability (0 to 1) as a person reads it; never 100 %, never 0 %."""
    if probability > 0.999:
        return "> 99.9 %"
    if probability < 0.001:
        return "< 0.1 %"
    return f"{probability:.1%}".replace("%", " %")
