"""Room for what many keep: bounded for each and for all, and what was used last stays."""

import threading

from vision.room import Room


class Thing:
    """Takes as many bytes as it is told, until it is dropped."""

    def __init__(self, size_bytes: int) -> None:
        self.size_bytes = size_bytes

    def drop(self) -> None:
        self.size_bytes = 0


def test_what_nobody_used_for_longest_makes_room():
    room = Room(most_bytes=100, most_bytes_each=100)
    things = {name: Thing(40) for name in "abc"}
    room.keep("a", things["a"], owner=1)
    room.keep("b", things["b"], owner=2)
    room.keep("a", things["a"], owner=1)
    room.keep("c", things["c"], owner=3)
    assert {name for name, thing in things.items() if not thing.size_bytes} == {"b"}
    assert room.used_bytes == 80


def test_who_takes_too_much_makes_room_among_their_own():
    room = Room(most_bytes=1000, most_bytes_each=100)
    other, old, new = Thing(100), Thing(60), Thing(60)
    room.keep("other", other, owner=1)
    room.keep("old", old, owner=2)
    room.keep("new", new, owner=2)
    assert (other.size_bytes, old.size_bytes, new.size_bytes) == (100, 0, 60)


def test_what_was_brought_last_stays_whatever_its_size():
    room = Room(most_bytes=100, most_bytes_each=50)
    small, large = Thing(10), Thing(500)
    room.keep("small", small, owner=1)
    room.keep("large", large, owner=2)
    assert (small.size_bytes, large.size_bytes) == (0, 500)


def test_what_grows_in_its_place_counts_as_large_as_it_has_become():
    room = Room(most_bytes=100, most_bytes_each=100)
    first, second = Thing(10), Thing(10)
    room.keep("first", first, owner=1)
    first.size_bytes = 95
    room.keep("second", second, owner=2)
    assert first.size_bytes == 0


def test_what_is_gone_by_itself_takes_no_room():
    room = Room(most_bytes=100, most_bytes_each=100)
    gone, stays = Thing(90), Thing(90)
    room.keep("gone", gone, owner=1)
    gone.size_bytes = 0
    room.keep("stays", stays, owner=2)
    room.keep("small", Thing(5), owner=3)
    assert stays.size_bytes == 90
    assert room.used_bytes == 95


def test_the_bound_holds_among_threads():
    room = Room(most_bytes=1000, most_bytes_each=300)
    things = [[Thing(100) for _ in range(200)] for _ in range(8)]

    def bring(owner: int) -> None:
        for number, thing in enumerate(things[owner]):
            room.keep((owner, number), thing, owner)

    threads = [threading.Thread(target=bring, args=(owner,)) for owner in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    left = [sum(thing.size_bytes for thing in of_one) for of_one in things]
    assert sum(left) == room.used_bytes == 1000
    assert max(left) <= 300
