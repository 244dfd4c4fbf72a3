"""Ways to damage a file by chance, most of them near its front, where headers are."""

import random
import struct


def mutated(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    """What was done to the file, and what came of it."""
    how = chance.choice((_flip, _flip, _cut, _swap, _lengths, _lengths, _repeat, _drop, _overwrite))
    for _ in range(chance.choice((1, 1, 2, 4))):
        data = how(data, chance)
    return how.__name__.strip("_"), data


def _place(data: bytes, chance: random.Random) -> int:
    return int(chance.random() ** 2 * max(1, len(data) - 1))  # headers are at the front


def _flip(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 3, 20))):
        changed[_place(data, chance)] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: max(1, _place(data, chance))]


def _swap(data: bytes, chance: random.Random) -> bytes:
    first, second, third = sorted(chance.randrange(len(data)) for _ in range(3))
    return data[:first] + data[second:third] + data[first:second] + data[third:]


def _lengths(data: bytes, chance: random.Random) -> bytes:
    """Four or two bytes become a number that a careless reader would trust."""
    at = _place(data, chance)
    number = chance.choice((0, 1, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, len(data), len(data) + 1))
    field = (
        struct.pack(chance.choice(("<I", ">I")), number)
        if chance.random() < 0.5
        else struct.pack(">H", number & 0xFFFF)
    )
    return data[:at] + field + data[at + len(field) :]


def _repeat(data: bytes, chance: random.Random) -> bytes:
    at, size = _place(data, chance), chance.choice((4, 16, 64))
    return data[:at] + data[at : at + size] * chance.choice((2, 50, 2000)) + data[at + size :]


def _drop(data: bytes, chance: random.Random) -> bytes:
    at = _place(data, chance)
    return data[:at] + data[at + chance.choice((1, 4, 16, 200)) :]


def _overwrite(data: bytes, chance: random.Random) -> bytes:
    at, size = _place(data, chance), chance.choice((2, 8, 40))
    return data[:at] + chance.choice((bytes(size), b"\xff" * size, chance.randbytes(size))) + data[at + size :]
