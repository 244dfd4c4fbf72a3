"""Which class a folder of somebody else's photos means, by its name."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from vision.datasets.class_folders import class_key
from vision.model_card import ModelCard

_WORDNET = re.compile(r"n\d{8}(?!\d)")
_NUMBERED = re.compile(r"(\d+)[\s_.-]+(.+)", re.DOTALL)
_SHORTEST_WORD = 3


def match_folders(
    names: Iterable[str], card: ModelCard, other_names: Mapping[str, str] | None = None
) -> dict[str, int | None]:
    """The class that each folder means: its index on the card, or None where none is meant beyond doubt.

    A folder means a class whose key or name it has (capitals, accents, spaces, underscores and other signs do not
    count), or another name of it; whose WordNet id it begins with; or whose number it begins with, if what follows has
    a word of the class' name: "30_kmh" is not class 30.

    Args:
        names: of folders.
        other_names: what else people call a class, by its label, see `TaskSpec`.
    """
    by_name = _classes_by_name(card, other_names or {})
    by_wordnet = _classes_by_wordnet(card)
    by_number = {key: index for index, key in enumerate(card.class_keys) if key.isascii() and key.isdigit()}

    def meant(name: str) -> int | None:
        if class_key(name) in card.class_keys:
            return card.class_keys.index(class_key(name))
        if (found := by_name.get(_plain(name))) is not None:
            return found
        if wordnet := _WORDNET.match(name):
            return by_wordnet.get(wordnet.group())
        if numbered := _NUMBERED.fullmatch(name):
            index = by_number.get(str(int(numbered[1])))
            if index is not None and _share_a_word(numbered[2], card.labels[index]):
                return index
        return None

    return {name: meant(name) for name in names}


def _classes_by_name(card: ModelCard, other_names: Mapping[str, str]) -> dict[str, int]:
    """Indices by plain name; a name that two classes have means neither."""
    found: dict[str, set[int]] = {}
    for index, (key, label) in enumerate(zip(card.class_keys, card.labels, strict=True)):
        for name in _names(key, label, other_names):
            found.setdefault(_plain(name), set()).add(index)
    return {
        name: next(iter(indices))
        for name, indices in found.items()
        if name and not name.isdigit() and len(indices) == 1  # numbers are for `class_key`: "-1" is not class 1
    }


def _names(key: str, label: str, other_names: Mapping[str, str]) -> Iterator[str]:
    yield key
    yield _WORDNET.sub("", key, count=1)
    yield label
    if label in other_names:
        yield other_names[label]


def _classes_by_wordnet(card: ModelCard) -> dict[str, int]:
    return {match.group(): index for index, key in enumerate(card.class_keys) if (match := _WORDNET.match(key))}


def _plain(name: str) -> str:
    """Letters and digits alone, small and without accents."""
    letters = unicodedata.normalize("NFD", name).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


def _share_a_word(name: str, label: str) -> bool:
    words = [_plain(word) for word in re.split(r"[\W_]+", label)]
    return any(word in _plain(name) for word in words if len(word) >= _SHORTEST_WORD and word.isalpha())
