"""Traffic-sign pictures without a camera: our own SVG drawings, put into a drawn street.

The clean drawings in ``vision/assets/traffic_signs`` stand beside every answer. Here they also become the gallery
in ``examples/traffic_signs`` and a small sample data set, so that the app can be tried without any download.
Everything random comes from ``numpy.random.default_rng(seed)``: the same seed gives the same picture.

Write the gallery again with ``python -m vision.drawn_signs examples/traffic_signs``.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from vision.drawn_street import EYE_HEIGHT, LIGHTS, SIGN_HEIGHT, Floats, Light, Pixels, draw_street, soft_noise
from vision.svg import render_svg

SIGN_FOLDER = Path(__file__).parent / "assets" / "traffic_signs"


@dataclass(frozen=True)
class DrawnScene:
    """A drawn street: ``image`` is RGB uint8 (H, W, 3), ``box_xyxy`` the sign in pixels, its end excluded."""

    image: Pixels
    box_xyxy: tuple[int, int, int, int]


def draw_street_scene(
    svg_path: str | Path, seed: int, size_hw: tuple[int, int] = (480, 640), sign_px: tuple[float, float] = (48, 96)
) -> DrawnScene:
    """Draw one sign beside a street.

    ``size_hw`` is height and width in pixels. The edge of the square drawing is drawn from ``sign_px`` (pixels,
    both ends included) and has to fit into the picture; the box is a little smaller or larger, as the sign is turned.
    """
    low, high = sign_px
    if not 8 <= low <= high <= 0.9 * min(size_hw):
        raise ValueError(
            f"sign_px must rise within 8 .. {0.9 * min(size_hw):.0f} for a picture of {size_hw}: {sign_px}"
        )
    rng = np.random.default_rng(seed)
    light = LIGHTS[rng.integers(len(LIGHTS))]
    edge_px = float(rng.uniform(low, high))
    vanishing_xy = (float(rng.uniform(0.36, 0.46)) * size_hw[1], float(rng.uniform(0.56, 0.64)) * size_hw[0])
    street = draw_street(rng, size_hw, vanishing_xy, light, blur_px=0.0015 * size_hw[0] + 0.02 * edge_px)
    centre_xy = _place_sign(rng, size_hw, vanishing_xy, edge_px)
    _draw_pole(street, centre_xy, vanishing_xy[1] + EYE_HEIGHT * edge_px, edge_px)
    corners = _tilted_square(rng, centre_xy, edge_px, turn_deg=5, depth=0.10)
    box = _put_sign(street, rng, svg_path, corners, light)
    photo = _expose(street, light, exposure=float(rng.uniform(0.92, 1.06)))
    photo = _blur(photo, rng, edge_px, most_defocus=0.008, most_motion=0.025)
    return DrawnScene(_develop(photo, rng, noise=(0.004, 0.014), jpeg_quality=(80, 95)), box)


def draw_sign_photo(svg_path: str | Path, seed: int, size_px: int = 64) -> Pixels:
    """Draw a close crop as in GTSRB: RGB uint8 (size_px, size_px, 3), its sign filling about 60 to 85 % of the edge.

    Light, focus, motion and resolution vary much more than in a street scene, as they do in the data set.
    """
    rng = np.random.default_rng(seed)
    work_px = max(96, size_px)
    light = LIGHTS[rng.integers(len(LIGHTS))]
    edge_px = float(rng.uniform(0.66, 0.86)) * work_px
    horizon_xy = (float(rng.uniform(-0.5, 1.5)) * work_px, float(rng.uniform(0.4, 1.3)) * work_px)
    street = draw_street(rng, (work_px, work_px), horizon_xy, light, blur_px=float(rng.uniform(0.5, 3)))
    slack = 0.45 * (work_px - edge_px)
    centre_xy = (work_px / 2 + float(rng.uniform(-slack, slack)), work_px / 2 + float(rng.uniform(-slack, slack)))
    _draw_pole(street, centre_xy, float(work_px), edge_px)
    _put_sign(street, rng, svg_path, _tilted_square(rng, centre_xy, edge_px, turn_deg=8, depth=0.16), light)
    photo = _expose(street, light, exposure=float(np.exp(rng.uniform(np.log(0.3), np.log(1.35)))))
    photo = _blur(photo, rng, edge_px, most_defocus=0.022, most_motion=0.09)
    seen_px = int(rng.integers(24, 1 + max(25, size_px)))  # what the camera resolved, before the crop was enlarged
    photo = np.asarray(cv2.resize(photo, (seen_px, seen_px), interpolation=cv2.INTER_AREA), np.float32)
    photo = np.asarray(cv2.resize(photo, (size_px, size_px), interpolation=cv2.INTER_LINEAR), np.float32)
    return _develop(photo, rng, noise=(0.005, 0.03), jpeg_quality=(60, 95))


# The sign -------------------------------------------------------------------------------------------------------------


def _place_sign(
    rng: np.random.Generator, size_hw: tuple[int, int], vanishing_xy: tuple[float, float], edge_px: float
) -> tuple[float, float]:
    """Centre (x, y) of a sign on the right verge, moved as far as needed to lie wholly in the picture."""
    height, width = size_hw
    x = vanishing_xy[0] + float(rng.uniform(4.8, 5.6)) * edge_px
    y = vanishing_xy[1] - (SIGN_HEIGHT - EYE_HEIGHT) * edge_px
    margin = 0.55 * edge_px
    if edge_px > 0.3 * width:  # held close to the camera: a photo of the sign, not of the street
        x, y = width * float(rng.uniform(0.4, 0.6)), height * float(rng.uniform(0.4, 0.55))
    return float(np.clip(x, margin, width - margin)), float(np.clip(y, margin, height - margin))


def _draw_pole(street: Floats, centre_xy: tuple[float, float], foot_y: float, edge_px: float) -> None:
    """A round grey pole from behind the sign down to ``foot_y``, drawn onto ``street``."""
    height, width = street.shape[:2]
    half = max(1.0, 0.045 * edge_px)
    left, right = (int(np.clip(centre_xy[0] + side * half, 0, width)) for side in (-1, 1))
    top, foot = (int(np.clip(y, 0, height)) for y in (centre_xy[1] - 0.3 * edge_px, foot_y))
    across = np.linspace(-1, 1, max(right - left, 1), dtype=np.float32)[: right - left]
    street[top:foot, left:right] = (0.74 - 0.34 * (across - 0.3) ** 2)[None, :, None] * np.array(
        (0.96, 0.98, 1.0), np.float32
    )


def _tilted_square(
    rng: np.random.Generator, centre_xy: tuple[float, float], edge_px: float, turn_deg: float, depth: float
) -> Floats:
    """Corners (4, 2) of a square seen a little from the side: turned by up to ``turn_deg``, its far edge shortened."""
    square = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float32) / 2
    across, down = rng.uniform(-depth, depth, size=2)
    square[:, 0] *= 1 - 0.7 * abs(across)
    square *= 1 + (square @ np.array([across, down], np.float32))[:, None]
    turn = np.deg2rad(rng.uniform(-turn_deg, turn_deg))
    rotation = np.array([(np.cos(turn), np.sin(turn)), (-np.sin(turn), np.cos(turn))], np.float32)
    return np.asarray(square @ rotation * edge_px + np.array(centre_xy, np.float32), np.float32)


def _put_sign(
    street: Floats, rng: np.random.Generator, svg_path: str | Path, corners: Floats, light: Light
) -> tuple[int, int, int, int]:
    """Lay the drawing over ``street`` (changed in place) between ``corners``; return the box of what can be seen."""
    height, width = street.shape[:2]
    edge_px = float(np.ptp(corners[:, 0]))
    drawing = render_svg(svg_path, round(1.5 * edge_px)).astype(np.float32) / 255
    drawing[..., :3] *= drawing[..., 3:]  # so that no dark fringe appears where the edge is interpolated
    side = drawing.shape[0]
    source = np.array([(0, 0), (side, 0), (side, side), (0, side)], np.float32)
    warp = cv2.getPerspectiveTransform(source, corners)
    laid = np.asarray(cv2.warpPerspective(drawing, warp, (width, height), flags=cv2.INTER_LINEAR), np.float32)
    sheen = np.linspace(1.04, 0.93, height, dtype=np.float32)[:, None]
    leaves = np.clip((soft_noise(rng, (height, width), cells=6) - 0.45) * 4, 0, 1) * light.leaf_shadow
    colour = laid[..., :3] * (sheen * (1 - leaves))[..., None]
    alpha = laid[..., 3:]
    haze = 0.2 * light.haze  # the sign is near
    street[:] = street * (1 - alpha) + colour * (1 - haze) + np.array(light.sky_low, np.float32) * haze * alpha
    rows, columns = np.flatnonzero(alpha.max(axis=(1, 2)) > 0.5), np.flatnonzero(alpha.max(axis=(0, 2)) > 0.5)
    if not len(rows):
        raise ValueError(f"The drawing {svg_path} is empty: nothing was drawn onto the sign.")
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


# The camera -----------------------------------------------------------------------------------------------------------


def _expose(street: Floats, light: Light, exposure: float) -> Floats:
    """Light and exposure with a soft shoulder, so that bright parts pale before they clip: RGB float32 in 0..1."""
    lit = street * np.array(light.gain, np.float32) * exposure
    shoulder = 0.85
    bright = shoulder + (1 - shoulder) * (1 - np.exp(-(lit - shoulder) / (1 - shoulder)))
    return np.asarray(np.where(lit > shoulder, bright, lit), np.float32)


def _blur(photo: Floats, rng: np.random.Generator, edge_px: float, most_defocus: float, most_motion: float) -> Floats:
    """Defocus and a straight camera movement, each up to a share of the sign's edge."""
    sigma_px = float(rng.uniform(0.2, 1)) * most_defocus * edge_px
    length_px = float(rng.uniform(0, 1)) ** 2 * most_motion * edge_px
    angle = float(rng.uniform(0, np.pi))
    photo = np.asarray(cv2.GaussianBlur(photo, (0, 0), max(sigma_px, 0.3)), np.float32)
    reach = int(np.ceil(length_px / 2))
    if reach < 1:
        return photo
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    step_x, step_y = np.cos(angle) * length_px / 2, np.sin(angle) * length_px / 2
    ends = [(round(reach + sign * step_x), round(reach + sign * step_y)) for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0)
    return np.asarray(cv2.filter2D(photo, -1, kernel / kernel.sum()), np.float32)


def _develop(
    photo: Floats, rng: np.random.Generator, noise: tuple[float, float], jpeg_quality: tuple[int, int]
) -> Pixels:
    """Sensor noise (standard deviation from ``noise``, in 0..1) and one JPEG round trip: RGB uint8 (H, W, 3)."""
    grain = rng.normal(0, float(rng.uniform(*noise)), size=photo.shape).astype(np.float32)
    pixels = (np.clip(photo + grain, 0, 1) * 255).round().astype(np.uint8)
    quality = int(rng.integers(jpeg_quality[0], jpeg_quality[1] + 1))
    coded = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.ascontiguousarray(np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)[..., ::-1])


# The gallery ----------------------------------------------------------------------------------------------------------

# name, class number, seed: the seeds were chosen by eye, for a pleasant picture each and different light
CLOSE_UPS = (
    ("stop", 14, 40),
    ("30", 1, 33),
    ("yield", 13, 42),
    ("priority-road", 12, 27),
    ("no-entry", 17, 36),
    ("children-crossing", 28, 21),
    ("roundabout", 40, 22),
    ("road-works", 25, 23),
)
STREETS = (
    ("street-no-entry", 17, 60),
    ("street-50", 2, 57),
    ("street-wild-animals", 31, 58),
    ("street-keep-right", 38, 59),
)


def write_examples(out_dir: str | Path) -> list[Path]:
    """Write the gallery as ``drawing-*.jpg`` into ``out_dir``: eight close photos and four streets."""
    folder = Path(out_dir)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for pictures, size_hw, sign_px in ((CLOSE_UPS, (480, 480), (270, 375)), (STREETS, (720, 960), (48, 88))):
        for name, number, seed in pictures:
            scene = draw_street_scene(SIGN_FOLDER / f"{number:02d}.svg", seed, size_hw, sign_px)
            path = folder / f"drawing-{name}.jpg"
            coded = cv2.imencode(".jpg", scene.image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 88])[1]
            path.write_bytes(coded.tobytes())
            written.append(path)
    return written


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m vision.drawn_signs OUT_DIR")
    for example in write_examples(sys.argv[1]):
        print(example)
