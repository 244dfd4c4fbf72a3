"""Which classes are taken for which, with the photos behind each pair."""

from typing import Any

import streamlit as st

from pages.parts import words
from pages.parts.training import confusion_chart, pictures, result_files
from pages.parts.training.pictures import Picture
from vision.metrics import Confusion
from vision.names import shortened
from vision.results.findings import Findings
from vision.results.words import counted
from vision.training.run_folder import RunFolder

CHART, CHOICE, TURN = "training_mix_up_chart", "training_mix_up", "training_mix_up_turn"
MOST_PHOTOS = 48

Pair = tuple[int, int]


def show(run: RunFolder, findings: Findings) -> None:
    """Draws the squares, and the photos of the pair that was chosen, by a tap or from the list."""
    st.subheader("What it takes for what", anchor=False)
    counts = findings.confusion_matrix()
    shown = list(range(len(findings.labels)))
    if len(shown) > confusion_chart.NAMED_CLASSES and not st.toggle(
        f"All {len(shown)} classes", key="training_all_classes"
    ):
        shown = confusion_chart.most_mixed_up(counts)
        st.caption(f"The {len(shown)} classes that are mixed up most.")
    names = distinct([words.heading(shortened(label)) for label in findings.labels], findings.class_keys)
    pairs = {(cell.truth, cell.answer): cell for cell in (*findings.confusions, *_right(findings))}
    if st.session_state.get(CHOICE) not in pairs:
        st.session_state[CHOICE] = None
    squares, photos = st.columns([3, 2], gap="medium")
    # A square that was tapped, and left by the list, can be tapped again only in a chart that has forgotten the tap.
    chart_key = f"{CHART}_{st.session_state.setdefault(TURN, 0)}"
    with squares:
        st.altair_chart(
            confusion_chart.confusion_chart(names, counts, shown, st.session_state[CHOICE]),
            key=chart_key,
            on_select=lambda: _take(chart_key, pairs),
            selection_mode=confusion_chart.CELL,
            alt="Confusion matrix; the list beside it has the same pairs",
        )
    with photos:
        pair = st.selectbox(
            "Tap a square to see its photos, or choose a pair here",
            list(pairs),
            key=CHOICE,
            index=None,
            format_func=lambda each: _in_words(pairs[each], names),
            placeholder="Choose a pair",
            on_change=lambda: st.session_state.update({TURN: st.session_state[TURN] + 1}),
        )
        if pair is not None:
            _show_photos(run, findings, pair)


def distinct(names: list[str], class_keys: tuple[str, ...]) -> list[str]:
    """The names, with the folder's added to those that several classes share."""
    return [
        name if names.count(name) == 1 else f"{name} ({shortened(key)})"
        for name, key in zip(names, class_keys, strict=True)
    ]


def _take(chart_key: str, pairs: dict[Pair, Confusion]) -> None:
    """Chooses the pair whose square was tapped."""
    chosen: Any = st.session_state[chart_key].selection.get(confusion_chart.CELL)
    pair = (int(chosen[0]["truth"]), int(chosen[0]["answer"])) if chosen else None
    st.session_state[CHOICE] = pair if pair in pairs else None


def _right(findings: Findings) -> list[Confusion]:
    return [cell for cell in findings.cells if cell.truth == cell.answer]


def _in_words(cell: Confusion, names: list[str]) -> str:
    photos = counted(cell.count, "photo")
    if cell.truth == cell.answer:
        return f"{names[cell.truth]}: named right ({photos})"
    return f"{names[cell.truth]}, taken for {names[cell.answer]} ({photos})"


def _show_photos(run: RunFolder, findings: Findings, pair: Pair) -> None:
    outcome = result_files.outcome_of(run)
    if outcome is None or outcome.class_keys != findings.class_keys:
        st.caption("The list of photos is missing or damaged; make the report again to see them.")
        return
    rows = outcome.rows_in_cell(findings.part, *pair).tolist()
    pictures.show(
        [
            Picture(outcome.path_of(row), (f"{words.percent(float(outcome.sureness[row]))} sure", outcome.files[row]))
            for row in rows[:MOST_PHOTOS]
        ]
    )
    if len(rows) > MOST_PHOTOS:
        st.caption(f"The {MOST_PHOTOS} of {len(rows)} that it was surest of.")
