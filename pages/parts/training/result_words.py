"""How good a model is, in sentences."""

from vision.results.findings import Findings, Score
from vision.results.outcome import TEST
from vision.results.words import percent


def headline(findings: Findings) -> str:
    """How many photos were named right, and between what others like them would lie."""
    score = findings.score()
    if score is None:
        return "No photos were held back, so nobody knows how good it is."
    kind = "test photos" if score.part == TEST else "photos held back"
    low, high = (100 * value for value in (score.low, score.high))
    return (
        f"{score.right:,} of {score.photos:,} {kind} right ({percent(score.share)}); "
        f"19 in 20 such tests would find between {low:.1f} and {high:.1f}\u00a0%."
    )


def caveat(findings: Findings) -> str:
    """What the headline rests on."""
    if findings.part == TEST:
        return "The model never saw these photos before; they were looked at once, when it was done."
    return (
        "There were no test photos. The best weights were chosen on these photos, so the figure flatters a little: "
        "give a folder of test photos for a fair one."
    )


def ranks_html(findings: Findings) -> str:
    """A tile for the best answer, the best three and the best five."""
    names = {1: "its first answer is right", 3: "right among its first three", 5: "right among its first five"}
    scores = [(names[rank], findings.score(rank)) for rank in names if rank < max(len(findings.labels), 2)]
    return f'<div class="sl-tiles">{"".join(_tile(name, score) for name, score in scores if score is not None)}</div>'


def calibration(findings: Findings) -> str:
    """Whether the model is as sure as it is right."""
    bins = findings.calibration
    photos = max(sum(each.photos for each in bins), 1)
    sure = sum(each.sureness * each.photos for each in bins) / photos
    right = sum(each.share_right * each.photos for each in bins) / photos
    said = f"On average it says it is {percent(sure)} sure, and it is right in {percent(right)}"
    if abs(sure - right) < 0.015:
        verdict = "its percentages can be taken at their word"
    elif sure > right:
        verdict = "it is surer than it should be"
    else:
        verdict = "it is better than it says"
    return f"{said}: {verdict}."


def _tile(name: str, score: Score) -> str:
    interval = f"{100 * score.low:.1f} and {100 * score.high:.1f}\u00a0%"
    return (
        f'<div class="sl-tile"><p class="sl-figure">{percent(score.share)}</p>'
        f"<p>{name}</p><p>{score.right:,} of {score.photos:,}; between {interval}</p></div>"
    )
