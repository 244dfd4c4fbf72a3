"""What came of an exam: how often it was right, its mistakes as pictures, and what was left out."""

import streamlit as st

from pages.parts import thumbnails, words
from pages.parts.thumbnails import escape
from vision.exam.result import ExamResult, Mistake, Share
from vision.results.words import counted, milliseconds, percent

SHOWN_FIRST = 12
TOO_FEW = 100
LEFT_OUT_SHOWN = 8
RANK_NAMES = {
    1: "its first answer is right",
    3: "right among its first three",
    5: "right among its first five",
}


def show(result: ExamResult) -> None:
    """Draws the whole result."""
    best = result.scores[1]
    st.subheader(f"{best.right:,} of {counted(best.photos, 'photo')} named right ({percent(best.share)})", anchor=False)
    st.caption(expectation(best))
    st.html(ranks_html(result))
    _show_left_out(result)
    _show_mistakes(result)
    with st.expander("Each class, the worst first", icon=":material/list:"):
        st.html(classes_html(result))
        st.caption(f"A photo took {milliseconds(result.median_ms)} here, from decoded pixels to the answer.")


def expectation(score: Share) -> str:
    """Between what other photos like these would lie."""
    low, high = score.interval
    said = f"On many more photos like these, expect between {100 * low:.0f} and {100 * high:.0f}\u00a0%"
    if score.photos < TOO_FEW:
        return f"{said}: so few photos cannot say it more closely (95\u00a0% confidence interval)."
    return f"{said} (95\u00a0% confidence interval)."


def ranks_html(result: ExamResult) -> str:
    """A tile for the best answer, the best three and the best five, where that can be wrong at all."""
    tiles = "".join(
        _tile(name, result.scores[rank]) for rank, name in RANK_NAMES.items() if rank < max(result.classes_known, 2)
    )
    return f'<div class="sl-tiles">{tiles}</div>'


def _tile(name: str, score: Share) -> str:
    low, high = score.interval
    return (
        f'<div class="sl-tile"><p class="sl-figure">{percent(score.share)}</p><p>{name}</p>'
        f"<p>{score.right:,} of {score.photos:,}; between {100 * low:.1f} and {100 * high:.1f}\u00a0%</p></div>"
    )


def _show_left_out(result: ExamResult) -> None:
    if result.left_out:
        shown = [
            f"“{thumbnails.plain(each.folder)}” ({counted(each.photos, 'photo')})"
            for each in result.left_out[:LEFT_OUT_SHOWN]
        ]
        more = len(result.left_out) - len(shown)
        st.warning(
            f"Left out, as the model knows nothing of that name: {', '.join(shown)}"
            f"{f' and {more} folders more' if more else ''}. Call them as the model does, and try again.",
            icon=":material/folder_off:",
        )
    measured = result.scores[1].photos + result.unreadable
    if result.offered > measured:
        st.caption(f"Of {result.offered:,} photos every so many-th was measured, {measured:,} in all.")
    if result.unreadable:
        st.warning(
            f"{counted(result.unreadable, 'photo')} could not be read, such as {thumbnails.plain(result.reasons[0])}",
            icon=":material/broken_image:",
        )


def _show_mistakes(result: ExamResult) -> None:
    st.subheader("Its mistakes", anchor=False)
    if not result.mistakes:
        st.write("None: all photos were named right.")
        return
    if result.wrong > len(result.mistakes):
        st.caption(f"The {len(result.mistakes)} of {result.wrong:,} of which it was surest.")
    elif result.wrong > 1:
        st.caption("Those of which it was surest come first.")
    all_key = "models_exam_all_mistakes"
    shown = result.mistakes if st.session_state.get(all_key, False) else result.mistakes[:SHOWN_FIRST]
    st.html(f'<div class="sl-shots">{"".join(map(mistake_html, shown))}</div>')
    if len(shown) < len(result.mistakes):
        st.button(
            f"Show all {len(result.mistakes)}",
            icon=":material/expand_more:",
            key="models_exam_show_all",
            on_click=lambda: st.session_state.update({all_key: True}),
            width="stretch",
        )


def mistake_html(mistake: Mistake) -> str:
    """The photo, what the model says, and what the folder says."""
    shown = '<div class="sl-gone">no picture</div>'
    if mistake.picture:
        shown = f'<img class="sl-whole" src="{escape(mistake.picture)}" alt="">'
    return (
        f'<figure class="sl-shot" title="{escape(mistake.file)}">{shown}<figcaption>'
        f"<p><strong>It says {escape(mistake.answer)}</strong></p><p>{words.percent(mistake.probability)} sure</p>"
        f"<p>the folder says {escape(mistake.truth)}</p></figcaption></figure>"
    )


def classes_html(result: ExamResult) -> str:
    """A bar for each class that had photos."""
    rows = "".join(
        f'<div class="sl-row"><div class="sl-grow"><div class="sl-row-text">'
        f"<span>{escape(words.heading(each.label))}</span>"
        f"<span>{each.score.right:,} of {each.score.photos:,}</span></div>"
        f'<div class="sl-track"><div style="width:{each.score.share:.1%}"></div></div></div></div>'
        for each in result.classes
    )
    return f'<div class="sl-bars">{rows}</div>'
