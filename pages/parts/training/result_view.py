"""A finished run: how good it is, trying it, publishing it."""

import streamlit as st

from pages.parts import icon_choice, thumbnails
from pages.parts.training import (
    calibration_view,
    classes_view,
    doubts_view,
    mistakes_view,
    mix_up_view,
    publish_view,
    report_view,
    result_files,
    result_words,
    run_actions,
    run_curves,
    try_view,
)
from vision.results.findings import Findings
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder

RESULT, TRY, PUBLISH = "Result", "Try it", "Publish"
ICONS = {RESULT: ":material/insights:", TRY: ":material/photo_camera:", PUBLISH: ":material/publish:"}


def show_result(run: RunFolder, config: TrainingConfig) -> None:
    """Draws how good the model is in a sentence, and one of the three parts."""
    findings = result_files.findings_of(run)
    if findings is None:
        st.warning(
            "The run is finished, but its report is missing or damaged. It can be made again with: "
            f"python -m vision runs report {thumbnails.plain(run.name)}",
            icon=":material/error:",
        )
    else:
        st.subheader(result_words.headline(findings), anchor=False)
        st.caption(result_words.caveat(findings))
    part = icon_choice.choose("What to look at", ICONS, "training_result_part", default=RESULT)
    if part == TRY:
        try_view.show(run, config)
    elif part == PUBLISH:
        publish_view.show(run, config)
    else:
        _show_findings(run, config, findings)


def _show_findings(run: RunFolder, config: TrainingConfig, findings: Findings | None) -> None:
    if findings is not None:
        st.html(result_words.ranks_html(findings))
        mix_up_view.show(run, findings)
        mistakes_view.show(config, findings)
        classes_view.show(findings)
        doubts_view.show(config, findings)
        calibration_view.show(findings)
    st.subheader("How it learnt", anchor=False)
    run_curves.show(run, config)
    with st.container(horizontal=True, key="training_finished_actions"):
        report_view.offer(run)
        run_actions.show_delete(run)
