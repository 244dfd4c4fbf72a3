"""TensorBoard for the chosen runs: one for the whole server, started and stopped from here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import streamlit as st

from pages.parts import thumbnails
from pages.parts.training import notices
from vision.training.run_folder import RunFolder
from vision.training.tensorboard import TensorBoard

OWN_HOSTS = ("localhost", "127.0.0.1", "::1")


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
            _show_way(board.server.url)
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


def _show_way(url: str) -> None:
    """How to get there: it listens to its own computer alone, as it asks nobody who they are."""
    host, port = urlsplit(st.context.url or "").hostname, urlsplit(url).port
    if host is None or host in OWN_HOSTS:
        st.link_button("Open TensorBoard", url, icon=":material/open_in_new:")
        st.caption("The link opens only on the computer on which this app runs.")
        return
    st.write(
        f"For safety it can be reached only on the computer on which this app runs. From yours, if you may log in "
        f"there, type this first and leave it open; then open {url}"
    )
    st.code(f"ssh -N -L {port}:127.0.0.1:{port} {host}", language=None)


@st.cache_resource(show_spinner=False)
def _board() -> Board:
    return Board()
