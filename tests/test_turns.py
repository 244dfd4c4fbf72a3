"""A line for what only a few may do at once: fair, bounded, and never stuck."""

import threading
import time
from collections import Counter
from contextlib import ExitStack

import pytest

from vision.errors import BusyError, SettingsError
from vision.turns import AT_ONCE, MOST_WAITING, Turns

SOON_S = 10.0
NOT_YET_S = 0.05


def test_a_few_have_their_turn_at_once_and_the_next_wait_in_line():
    turns = Turns(at_once=2, most_waiting=3)
    with ExitStack() as stack:
        places = [stack.enter_context(turns.join()) for _ in range(5)]
        assert [place.position for place in places] == [0, 0, 1, 2, 3]
        assert [place.wait(0) for place in places] == [True, True, False, False, False]
        assert (turns.having, turns.waiting) == (2, 3)
    assert (turns.having, turns.waiting) == (0, 0)


def test_who_came_first_has_the_next_turn():
    turns = Turns(at_once=1)
    first, second, third, fourth = [turns.join() for _ in range(4)]
    first.__enter__()
    places = [place.__enter__() for place in (second, third, fourth)]
    first.__exit__(None, None, None)
    assert [place.position for place in places] == [0, 1, 2]
    assert places[0].wait(0) and not places[1].wait(NOT_YET_S)
    second.__exit__(None, None, None)
    assert [place.position for place in places[1:]] == [0, 1]


def test_who_leaves_the_line_frees_the_place():
    turns = Turns(at_once=1, most_waiting=2)
    with ExitStack() as stack:
        stack.enter_context(turns.join())
        leaving, staying = turns.join(), turns.join()
        leaving.__enter__()
        place = stack.enter_context(staying)
        assert place.position == 2
        with pytest.raises(BusyError):
            stack.enter_context(turns.join())
        leaving.__exit__(None, None, None)
        assert place.position == 1
        assert stack.enter_context(turns.join()).position == 2


def test_past_the_line_s_end_a_sentence_says_what_to_do():
    turns = Turns(at_once=1, most_waiting=0)
    with turns.join(), pytest.raises(BusyError, match=r"line is full; yours is kept, so try again in a moment\.$"):
        turns.join().__enter__()
    with turns.join() as place:
        assert place.wait(0)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, GeneratorExit])
def test_an_error_frees_the_turn(error: type[BaseException]):
    turns = Turns(at_once=1)
    with pytest.raises(error), turns.join():
        raise error
    with turns.join() as place:
        assert place.wait(0)


def test_an_error_while_waiting_passes_the_turn_on():
    turns = Turns(at_once=1)
    having, waiting = turns.join(), turns.join()
    having.__enter__()
    place = waiting.__enter__()
    left = turns.join()
    with pytest.raises(RuntimeError), left:
        having.__exit__(None, None, None)  # the turn goes to `place`, not to who leaves
        raise RuntimeError
    assert place.wait(0)
    waiting.__exit__(None, None, None)
    assert (turns.having, turns.waiting) == (0, 0)


def test_who_waits_is_woken_by_the_turn():
    turns = Turns(at_once=1)
    woken_after: list[float] = []
    with turns.join():

        def wait() -> None:
            with turns.join() as place:
                assert place.wait(SOON_S)
                woken_after.append(time.monotonic())

        waiting = threading.Thread(target=wait)
        waiting.start()
        while not turns.waiting:
            time.sleep(0.001)
        time.sleep(NOT_YET_S)
        assert not woken_after
    waiting.join(SOON_S)
    assert len(woken_after) == 1


def test_a_crowd_gets_through_never_more_than_a_few_at_once_and_each_in_turn():
    """Some want many turns, one after another: they do not keep those with one photo from theirs."""
    turns = Turns(at_once=2, most_waiting=100)
    inside, most_inside, done = 0, 0, []
    lock = threading.Lock()

    def want(name: str, count: int) -> None:
        nonlocal inside, most_inside
        for _ in range(count):
            with turns.join() as place:
                assert place.wait(SOON_S)
                with lock:
                    inside += 1
                    most_inside = max(most_inside, inside)
                time.sleep(0.002)
                with lock:
                    inside -= 1
                    done.append(name)

    with turns.join(), turns.join():
        threads = [threading.Thread(target=want, args=("many", 30)) for _ in range(2)]
        threads += [threading.Thread(target=want, args=("one", 1)) for _ in range(20)]
        for thread in threads:
            thread.start()
        while turns.waiting < len(threads):
            time.sleep(0.001)
    for thread in threads:
        thread.join(SOON_S)
    assert most_inside == 2
    assert Counter(done) == {"many": 60, "one": 20}
    assert max(place for place, name in enumerate(done) if name == "one") < 40, (
        "they were not kept waiting till the end"
    )
    assert (turns.having, turns.waiting) == (0, 0)


def test_an_operator_sets_the_line():
    assert (Turns.from_environment({}).at_once, Turns.from_environment({}).most_waiting) == (AT_ONCE, MOST_WAITING)
    turns = Turns.from_environment({"SECOND_LOOK_AT_ONCE": "1", "SECOND_LOOK_MOST_WAITING": " 0 "})
    assert (turns.at_once, turns.most_waiting) == (1, 0)


@pytest.mark.parametrize("value", ["0", "-1", "two", "1.5", "٣", "9" * 30])
def test_a_setting_that_cannot_be_meant_is_told(value: str):
    with pytest.raises(SettingsError, match=r"SECOND_LOOK_AT_ONCE is .* expected a whole number from 1 to 10000"):
        Turns.from_environment({"SECOND_LOOK_AT_ONCE": value})


@pytest.mark.parametrize(("at_once", "most_waiting"), [(0, 1), (1, -1)])
def test_a_line_without_turns_is_a_mistake(at_once: int, most_waiting: int):
    with pytest.raises(ValueError, match="at once"):
        Turns(at_once, most_waiting)
