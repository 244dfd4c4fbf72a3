"""How a run, its state and its times are put into words."""

from pages.parts import words
from vision.jobs import FAILED, FINISHED, INTERRUPTED, QUEUED, STOPPED
from vision.training.run_folder import RunStatus

STATES = {
    QUEUED: "waiting for its turn",
    "preparing": "getting ready",
    "training": "training",
    "finishing": "being measured",
    FINISHED: "finished",
    STOPPED: "stopped",
    FAILED: "failed",
    INTERRUPTED: "cut off",
}
ICONS = {
    QUEUED: ":material/hourglass_empty:",
    FINISHED: ":material/check_circle:",
    STOPPED: ":material/pause_circle:",
    FAILED: ":material/error:",
    INTERRUPTED: ":material/power_off:",
}
AT_WORK_ICON = ":material/model_training:"


def state(status: RunStatus) -> str:
    """A state as people call it."""
    return STATES.get(status.state, status.state)


def icon(status: RunStatus) -> str:
    return ICONS.get(status.state, AT_WORK_ICON)


def doing(status: RunStatus) -> str:
    """What a run at work is doing, in one sentence."""
    if status.state == "training" and status.epochs:
        pass_now = f"It looks at all photos for the {ordinal(status.epoch)} of {status.epochs} times"
        return _with_message(pass_now, "" if status.done else status.message)
    if status.state == "finishing":
        return _with_message("Training is done; the model is being saved and measured", status.message)
    return _with_message("It is getting ready", status.message)


def waiting(place: int | None) -> str:
    """What a run in the queue waits for; `place` is 1 for the next one."""
    if place is None or place <= 1:
        return "It is the next to start."
    runs = words.counted(place - 1, "run")
    return f"It is number {place} in the queue and starts by itself once the {runs} before it have ended."


def rest(status: RunStatus, can_finish: bool) -> str:
    """What happened to a run that came to rest without a result, and what to do."""
    if status.state == STOPPED:
        more = ", or finish now with the best so far" if can_finish else ""
        return f"The run was stopped{_how_far(status)}. Nothing is lost: resume it{more}."
    if status.state == FAILED:
        what = _sentence(status.message or "it does not say why; the end of its log may")
        return f"The run failed{_how_far(status)}: {what} Mend that, then resume it."
    what = _sentence(status.message) if status.message else "Its process ended without a word."
    return f"The run was cut off{_how_far(status)}. {what} Resume it, and it goes on from what it saved last."


def progress(status: RunStatus) -> str:
    """How much of the whole is done: "42 %"."""
    return f"{min(max(status.progress, 0), 1):.0%}".replace("%", "\u00a0%")


def left(seconds: float | None) -> str:
    """How long it will take, in words; empty where nobody knows."""
    return "" if seconds is None else f"{duration(seconds)} left"


def duration(seconds: float) -> str:
    """A time as people round it: "about 3 minutes"."""
    if seconds < 50:
        return "less than a minute"
    minutes = max(1, round(seconds / 60))
    if minutes < 60:
        return f"about {words.counted(minutes, 'minute')}"
    hours, minutes = divmod(5 * round(minutes / 5), 60)
    return f"about {words.counted(hours, 'hour')}" + (f" {minutes} minutes" if minutes else "")


def ordinal(number: int) -> str:
    """ "1st", "2nd", "3rd", "4th" ..."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _how_far(status: RunStatus) -> str:
    return f" after {progress(status)} of the work" if status.progress > 0 else ""


def _with_message(start: str, message: str) -> str:
    return _sentence(f"{start}: {message}" if message else start)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
