"""The check of a data set: it runs beside the page, and what it found is shown worst first."""

from dataclasses import dataclass

import streamlit as st

from pages.parts import thumbnails
from pages.parts.training import twins_view
from pages.parts.training.dataset_counts import Counted
from vision import places
from vision.datasets.check_job import CheckFolder, check_folder_for
from vision.datasets.inspection import Inspection
from vision.errors import VisionError
from vision.jobs import FAILED, INTERRUPTED, RESTING, STOPPED, JobStatus
from vision.tasks import TaskSpec

POLL_S = 0.7
