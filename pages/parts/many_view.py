"""Several photos: their answers together, a table to take home, and a closer look at one of them."""

from collections import Counter

import streamlit as st

from pages.parts import answers, compare_view, hosted, line, many_grid, many_table, one_view, words
from pages.parts.csv_export import Outcome, to_csv
from pages.parts.photos import Desk
from pages.parts.results import Found
from pages.parts.setup import Setup
from pages.parts.view_link import ViewLink
from vision import names
from vision.errors import BusyError, VisionError
from vision.tasks import TaskSpec


def show(setup: Setup, desk: Desk, link: ViewLink) -> None:
    """Draws the answers for all photos on the desk."""
    task = setup.task
    outcomes, busy = _ask_all(setup, desk)
    st.subheader(summary(outcomes, task), anchor=False)
    if desk.left_out:
        limits = hosted.limits()
        st.warning(
            f"{words.counted(desk.left_out, 'photo')} {'was' if desk.left_out == 1 else 'were'} left out: at most "
            f"{limits.photos}, and {limits.visitor_mb} MB, are looked at together."
        )
    if busy:
        st.warning(f"The line was full for {words.counted(busy, 'photo')}; they are kept, so try again in a moment.")
        line.offer_again(task, f"Try {words.counted(busy, 'photo')} again")
    _offer_guesses(setup, desk, outcomes)
    if task.finder is None:
        many_grid.show(setup, desk, outcomes)
    else:
        many_table.show(setup, desk, outcomes)
    st.download_button(
        "Download as CSV",
        to_csv(outcomes, task),
        file_name=f"{task.name}.csv",
        mime="text/csv",
        icon=":material/download:",
        key=f"{task.name}_csv",
        on_click="ignore",
    )
    chosen = st.selectbox(
        "Look closer at one photo",
        range(len(desk.photos)),
        index=None,
        format_func=lambda position: f"{position + 1}. {names.shortened(desk.photos[position].name)}",
        placeholder="Choose a photo",
        key=f"{task.name}_closer_{desk.photos[0].digest[:16]}_{len(desk.photos)}",
    )
    if chosen is not None:
        compare = compare_view.ask(task, setup.finder, link)
        one_view.show(setup, desk, desk.photos[chosen], compare)


def summary(outcomes: list[Outcome], task: TaskSpec) -> str:
    """How many photos there are, and what became of them, in a line."""
    read = [outcome.answer for outcome in outcomes if outcome.answer is not None]
    counts = Counter(
        "guessed" if answer.is_guess else words.BADGES[part.sureness].lower()
        for answer in read
        for part in answer.parts
    )
    kinds = [*(badge.lower() for badge in words.BADGES.values()), "guessed"]
    said = [f"{counts[kind]} {kind}" for kind in kinds if counts[kind]]
    nothing = sum(answer.found is Found.NOTHING and not answer.parts for answer in read)
    if nothing:
        said.append(f"{words.counted(nothing, 'photo')} without a {task.noun}")
    if len(read) < len(outcomes):
        said.append(f"{len(outcomes) - len(read)} not read")
    found = sum(len(answer.parts) for answer in read if answer.found is Found.DETECTED)
    total = f"{len(outcomes)} photos" + (f", {words.counted(found, task.noun)}" if found else "")
    return f"{total}: {', '.join(said)}"


def _ask_all(setup: Setup, desk: Desk) -> tuple[list[Outcome], int]:
    """What became of each photo, and of how many nothing did because the line was full."""
    outcomes, busy = [], 0
    bar = st.progress(0.0, text="Looking at the photos ...")
    for position, photo in enumerate(desk.photos, start=1):
        answer, problem = None, None
        try:
            answer = answers.answer(desk, photo, setup)
        except VisionError as error:
            problem = str(error)
            busy += isinstance(error, BusyError)
        outcomes.append(Outcome(photo.name, answer, problem))
        bar.progress(position / len(desk.photos), text=f"{position} of {len(desk.photos)} photos")
    bar.empty()
    return outcomes, busy


def _offer_guesses(setup: Setup, desk: Desk, outcomes: list[Outcome]) -> None:
    empty = {
        photo.digest
        for photo, outcome in zip(desk.photos, outcomes, strict=True)
        if outcome.answer is not None and not outcome.answer.parts
    }
    if empty:
        st.button(
            f"Guess from the whole photo where no {setup.task.noun} was found",
            icon=":material/fullscreen:",
            key=f"{setup.task.name}_guess_all",
            on_click=desk.guesses.update,
            args=(empty,),
        )
