"""The formats of a model: which to take, what each costs, and a bundle of each for a phone."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import streamlit as st

from pages.parts import thumbnails, training_switch
from pages.parts.models import figures_table, format_words
from pages.parts.models.choice import Chosen
from pages.parts.models.offers import Offer, offers_of, original_of
from pages.parts.thumbnails import escape
from vision.errors import VisionError
from vision.export.phone_bundle import build_bundle, bundle_name
from vision.format_figures import MeasuredFormats, read_figures
from vision.model_card import CARD_FILE
from vision.results.words import megabytes, milliseconds, percent

UNKNOWN = "not measured"


def show(chosen: Chosen) -> None:
    """Draws the advice, a line for each format, and all figures."""
    measured = _figures(chosen)
    offers = offers_of(chosen.card, measured)
    if measured is not None:
        st.html(f'<p class="sl-advice" role="status">{escape(format_words.advice(measured, offers))}</p>')
        if chosen.task.tests_were_seen:
            st.caption("The test photos flatter it: the network it was made from had seen them before.")
    best = measured.recommended if measured else None
    for offer in sorted(offers, key=lambda offer: offer.name != best):
        _show_offer(chosen, offer, offers, is_best=offer.name == best)
    if measured is not None:
        st.caption(thumbnails.plain(format_words.tested_on(measured)))
        figures_table.show(measured)
    missing = [offer.name for offer in offers if not offer.is_there]
    if missing and training_switch.is_on():
        with st.expander("Make the formats that are not kept here", icon=":material/terminal:"):
            place = f"{chosen.card.task}/{chosen.card.name}"
            command = f"python -m vision export {place} --formats {' '.join(missing)} --data TRAINING_PHOTOS"
            st.code(command, language="bash", wrap_lines=True)
    st.caption(
        "A download is a zip: the model, the names it knows, what to feed it, and the lines for Android and iOS."
    )


def _figures(chosen: Chosen) -> MeasuredFormats | None:
    try:
        measured = read_figures(chosen.card)
    except VisionError as error:
        st.warning(thumbnails.plain(str(error)), icon=":material/error:")
        return None
    if measured is None:
        how = (
            f" `python benchmarks/formats.py {chosen.card.task}/{chosen.card.name} --test FOLDER --write` does it, "
            "with a folder of photos that the model was not trained on."
        )
        st.info(
            "Nobody has measured the formats of this model side by side yet, so nothing is recommended here."
            f"{how if training_switch.is_on() else ''}",
            icon=":material/info:",
        )
    return measured


def _show_offer(chosen: Chosen, offer: Offer, offers: Sequence[Offer], is_best: bool) -> None:
    with st.container(border=True, key=f"models_format_{'best_' if is_best else ''}{offer.name}"):
        words, button = st.columns([4, 1], vertical_alignment="center", gap="medium")
        words.html(offer_html(offer, offers, is_best))
        if offer.is_there:
            entry = chosen.card.formats[offer.name]
            button.download_button(
                "Download",
                partial(_bundle, chosen.model_dir, offer.name, _changed_ns(chosen.model_dir)),
                file_name=bundle_name(chosen.card, offer.name),
                mime="application/zip",
                icon=":material/download:",
                type="primary" if is_best else "secondary",
                key=f"models_download_{entry.sha256[:16]}_{offer.name}",
                on_click="ignore",
                width="stretch",
            )
        else:
            button.caption("Not kept here")


def offer_html(offer: Offer, offers: Sequence[Offer], is_best: bool) -> str:
    """The format's name, and three figures with bars that compare it with the others."""
    badge = '<span class="sl-badge">Take this one</span>' if is_best else ""
    largest = max(each.size_bytes for each in offers)
    slowest = max((each.latency_ms or 0.0 for each in offers if each.for_phones), default=0.0)
    size = _meter("Size", megabytes(offer.size_bytes), offer.size_bytes / largest)
    time = _meter("Time for a photo", UNKNOWN, None)
    if offer.latency_ms is not None and slowest:
        part = offer.latency_ms / slowest
        much = milliseconds(offer.latency_ms) + (", off this scale" if part > 1 else "")
        time = _meter("Time for a photo", much, min(1.0, part))
    return (
        f'<div class="sl-offer"><p class="sl-name">{escape(offer.name)} <span>{escape(offer.in_words)}</span></p>'
        f'{badge}<div class="sl-meters">{_right_html(offer, original_of(offers))}{size}{time}</div></div>'
    )


def _right_html(offer: Offer, original: Offer | None) -> str:
    if offer.right is None or offer.low is None or offer.high is None:
        return _meter("Named right", UNKNOWN, None)
    span = f"between {100 * offer.low:.1f} and {100 * offer.high:.1f}\u00a0%"
    beside = "" if original is None or original is offer else format_words.right_beside(offer, original)
    if beside:
        than = "as" if beside.endswith("as often") else "than"
        beside = f'<p class="sl-fine">{escape(f"{beside} {than} the original")}</p>'
    elif original is not None and offer.figures is not None and format_words.is_of_fewer_photos(offer, original):
        beside = f'<p class="sl-fine">on {offer.figures.photos:,} photos, as it is so slow</p>'
    return (
        f'<div><p class="sl-what">Named right</p><p class="sl-much">{percent(offer.right)}</p>'
        f'<p class="sl-fine" title="95\u00a0% confidence interval">{span}</p>{beside}</div>'
    )


def _meter(what: str, much: str, part: float | None) -> str:
    bar = "" if part is None else f'<div class="sl-track"><div style="width:{part:.1%}"></div></div>'
    return f'<div><p class="sl-what">{what}</p><p class="sl-much">{escape(much)}</p>{bar}</div>'


# Downloads are made when somebody wants one; the same for all visitors.
@st.cache_data(max_entries=6, show_spinner=False)
def _bundle(model_dir: Path, model_format: str, card_changed_ns: int) -> bytes:
    return build_bundle(model_dir, model_format)


def _changed_ns(model_dir: Path) -> int:
    try:
        return (model_dir / CARD_FILE).stat().st_mtime_ns
    except OSError:
        return 0
