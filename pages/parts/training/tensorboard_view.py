"""TensorBoard for the chosen runs: one for the whole server, started and stopped from here."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from pages.parts import thumbnails
from pages.parts.training import notices
from vision.training.run_folder import RunFolder
from vision.training.tensorboard import TensorBoard


@dataclass
class Board:
    """The server's TensorBoard, and the names of the runs that it shows; none while it is not running."""

    server: TensorBoard = field(default_factory=TensorBoard)
    names: tuple[str, ...] = ()

    def start(self, runs: Sequence[RunFolder]) -> None:
        self.names = ()
        self.server.start(runs)
        self.names = tuple(run.name for run in runs)

    def stop(self) -> None:
        self.server.stop()
        self.names = ()


def show(runs: Sequence[RunFolder]) -> None:
    """Draws the buttons, and the link while it is running."""
    board = _board()
    with st.expander("TensorBoard, for engineers", icon=":material/monitoring:", expanded=bool(board.names)):
        st.write("Every figure of each step, in TensorBoard's own pages.")
        if board.server.url:
            st.write(f"It shows: {', '.join(map(thumbnails.plain, board.names))}.")
            st.link_button("Open TensorBoard", board.server.url, icon=":material/open_in_new:")
            st.caption("The link opens only on the computer on which this app runs.")
        is_other = board.names != tuple(run.name for run in runs)
        with st.container(horizontal=True):
            if is_other:
                st.button(
                    "Start it for these runs",
                    icon=":material/play_arrow:",
                    key="training_board_start",
                    on_click=notices.attempt,
                    args=(lambda: board.start(runs),),
                )
            if board.names:
                st.button(
                    "Stop it",
                    icon=":material/stop_circle:",
                    key="training_board_stop",
                    on_click=notices.attempt,
                    args=(board.stop,),
                )


@st.cache_resource(show_spinner=False)
def _board() -> Board:
    return Board()
