"""How often each class is named right, the worst first."""

import streamlit as st

from pages.parts import words
from pages.parts.thumbnails import escape
from vision.results.findings import ClassScore, Findings

SHOWN_FIRST = 10


def show(findings: Findings) -> None:
    """Draws a bar for each class, at first the worst `SHOWN_FIRST`."""
    st.subheader("Class by class, the worst first", anchor=False)
    known = sorted(
        (each for each in findings.per_class if each.share is not None),
        key=lambda each: (each.share, -each.photos),
    )
    shown = known if st.session_state.get("training_all_bars", False) else known[:SHOWN_FIRST]
    st.html(f'<div class="sl-bars">{"".join(_bar_html(findings, each) for each in shown)}</div>')
    if len(shown) < len(known):
        st.button(
            f"Show all {len(known)} classes",
            icon=":material/expand_more:",
            key="training_show_all_bars",
            on_click=lambda: st.session_state.update({"training_all_bars": True}),
            width="stretch",
        )
    missing = len(findings.per_class) - len(known)
    if missing:
        st.caption(f"Classes without a photo to be tested on: {missing}.")


def _bar_html(findings: Findings, score: ClassScore) -> str:
    name = escape(words.heading(findings.labels[score.label]))
    return (
        f'<div class="sl-grow"><div class="sl-row-text"><span>{name}</span>'
        f"<span>{score.right:,} of {score.photos:,}</span></div>"
        f'<div class="sl-track"><div style="width:{score.share or 0:.2%}"></div></div></div>'
    )
