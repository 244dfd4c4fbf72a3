"""Whether this is a demo shared with everybody; an operator makes it one with SECOND_LOOK_HOSTED=on."""

import dataclasses
import os
from dataclasses import dataclass

import streamlit as st
from starlette.formparsers import MultiPartParser
from streamlit import config, net_util

from pages.parts import thumbnails
from pages.parts.feedback import switch
from vision import images
from vision.errors import SettingsError
from vision.settings import whole_number

VARIABLE = "SECOND_LOOK_HOSTED"
TOGETHER_VARIABLE = "SECOND_LOOK_KEPT_MB"
UPLOAD_CAP = "server.maxUploadSize"


@dataclass(frozen=True)
class Limits:
    """What one visitor may bring, and what is kept of all visitors'.

    Attributes:
        photo_mb: megabytes of a photo's file.
        photos: how many are looked at together.
        visitor_mb: megabytes of all that one visitor has before them.
        together_mb: of all that all visitors have before them.
    """

    photo_mb: int
    photos: int
    visitor_mb: int
    together_mb: int


ALONE = Limits(photo_mb=images.MAX_BYTES // 2**20, photos=50, visitor_mb=1000, together_mb=1000)
SHARED = Limits(photo_mb=10, photos=20, visitor_mb=80, together_mb=140)


def is_on() -> bool:
    """Whether the app is a shared demo.

    Raises:
        SettingsError: the setting is neither on nor off.
    """
    value = os.environ.get(VARIABLE, "").strip().lower()
    if value not in ("on", "off", ""):
        raise SettingsError(
            f"{VARIABLE} is '{value}'; expected 'on' for a demo that everybody may use, or 'off'. "
            "Set one of them and start the app again."
        )
    return value == "on"


def limits() -> Limits:
    """What one visitor may bring here, and what is kept of all; an operator sets that with `SECOND_LOOK_KEPT_MB`.

    Raises:
        SettingsError: a setting cannot be understood.
    """
    usual = SHARED if is_on() else ALONE
    together_mb = whole_number(TOGETHER_VARIABLE, usual.together_mb, least=usual.photo_mb)
    return dataclasses.replace(usual, visitor_mb=min(usual.visitor_mb, together_mb), together_mb=together_mb)


def prepare() -> None:
    """Makes the app a shared demo where it is one: lowers the server's cap on uploads, and says so to the visitor.

    Shared or not, photos stay in memory while they come in; Starlette would write all above 1 MB to a temporary file.
    And another site's page that asks for a web socket is refused at once; Streamlit would first ask a server on the
    internet for this machine's address, to compare it, and all visitors would wait meanwhile.

    Ends the page with a sentence where the setting cannot be understood: then nobody knows what may be offered.
    """
    MultiPartParser.spool_max_size = images.MAX_BYTES
    net_util.get_external_ip = _not_asked_for
    try:
        limits()
        if not is_on():
            return
    except SettingsError as error:
        st.error(thumbnails.plain(str(error)), icon=":material/error:")
        st.stop()
    # Streamlit reads it at each upload, and takes none before a page was drawn once.
    if config.get_option(UPLOAD_CAP) > SHARED.photo_mb:
        config.set_option(UPLOAD_CAP, SHARED.photo_mb)
    st.html(
        '<p class="sl-hosted"><b>Shared demo</b> '
        f"Your photos stay in this server's memory and are not kept{switch.exception()}.</p>"
    )


def _not_asked_for() -> None:
    """Says that the machine's address on the internet is not known."""
