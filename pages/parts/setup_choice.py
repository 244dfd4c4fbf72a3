"""What is behind "Advanced": the model, its format, and how objects are looked for."""

import streamlit as st

from pages.parts import finder_choice, loaders, model_choice, thumbnails
from pages.parts.finder_choice import FinderSettings
from pages.parts.view_link import ViewLink
from vision.classifier import Classifier
from vision.errors import VisionError
from vision.tasks import TaskSpec


def choose(task: TaskSpec, link: ViewLink) -> tuple[Classifier, FinderSettings] | None:
    """Draws the settings and opens the models; None, and a sentence, where no model can answer."""
    usable = model_choice.usable_models(task)
    if not usable:
        return None
    with st.expander("Advanced", icon=":material/tune:"):
        model_dir, model_format = model_choice.choose_model(task, usable, link)
        settings = finder_choice.ask_settings(task, link)
    try:
        return loaders.load_classifier(model_dir, model_format), settings
    except VisionError as error:
        st.error(thumbnails.plain(str(error)), icon=":material/error:")
        return None
