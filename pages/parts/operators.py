"""Who may train and publish on a shared demo: operators, logged in with an account of an OpenID Connect provider.

Both the provider and the operators stand in .streamlit/secrets.toml: [auth] as Streamlit documents it, and the e-mail
addresses as `operators` in [second_look].
"""

import importlib.util
from collections.abc import Mapping

import streamlit as st

SECTION = "second_look"


def can_log_in() -> bool:
    """Whether a provider is configured."""
    return "is_logged_in" in st.user


def is_operator() -> bool:
    """Whether this visitor has logged in, with an address that the provider has checked and that is on the list."""
    if not can_log_in() or not st.user.is_logged_in or st.user.get("email_verified") is not True:
        return False
    email = st.user.get("email")
    return isinstance(email, str) and email.casefold() in _addresses()


def show_account() -> None:
    """Draws the way in for operators and the way out, where a provider is configured."""
    if not can_log_in():
        return
    if importlib.util.find_spec("authlib") is None:
        st.warning(
            "Operators cannot log in yet: that needs two packages more. On the server, run "
            "'pip install -r requirements-login.txt' and start the app again.",
            icon=":material/info:",
        )
        return
    if not st.user.is_logged_in:
        st.button("Log in as operator", icon=":material/login:", key="operator_login", on_click=st.login)
        return
    if not is_operator():
        st.warning(
            f"You are logged in as {st.user.get('email') or 'somebody without an e-mail address'}. "
            "That is not an operator of this demo, or the provider has not checked the address.",
            icon=":material/person_off:",
        )
    st.button("Log out", icon=":material/logout:", key="operator_logout", on_click=st.logout)


def _addresses() -> frozenset[str]:
    section = st.secrets.get(SECTION, {})
    listed = section.get("operators") if isinstance(section, Mapping) else None
    if not isinstance(listed, list):
        return frozenset()
    return frozenset(address.casefold() for address in listed if isinstance(address, str))
