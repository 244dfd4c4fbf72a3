"""A drawn street to stand a sign in: sky, meadow, road, houses and trees, seen from eye height.

Lengths across the street are multiples of a sign's edge or metres; everything shrinks towards one vanishing point.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Colour = tuple[float, float, float]

SIGN_EDGE_M = 0.6  # a German round sign is 0.6 m across; the street is laid out in multiples of it
EYE_HEIGHT = 1.4 / SIGN_EDGE_M
SIGN_HEIGHT = 2.4 / SIGN_EDGE_M


@dataclass(frozen=True)
class Light:
    """Colours in 0..1; ``gain`` multiplies the picture, ``haze`` in 0..1 fades what is far into the lower sky."""

    sky_top: Colour
    sky_low: Colour
    gain: Colour
    haze: float = 0.1
    leaf_shadow: float = 0.0


LIGHTS = (
    Light((0.36, 0.60, 0.88), (0.82, 0.91, 0.97), (1.00, 1.00, 0.98)),
    Light((0.30, 0.56, 0.90), (0.90, 0.95, 0.98), (1.15, 1.12, 1.06), leaf_shadow=0.30),
    Light((0.66, 0.70, 0.75), (0.86, 0.88, 0.89), (0.86, 0.88, 0.92), haze=0.2),
    Light((0.30, 0.34, 0.55), (0.96, 0.70, 0.50), (0.84, 0.75, 0.76)),
    Light((0.78, 0.80, 0.82), (0.86, 0.87, 0.88), (0.94, 0.95, 0.96), haze=0.55),
    Light((0.42, 0.62, 0.82), (0.80, 0.88, 0.93), (0.80, 0.83, 0.88), leaf_shadow=0.5),
)


def draw_street(
    rng: np.random.Generator, size_hw: tuple[int, int], vanishing_xy: tuple[float, float], light: Light, blur_px: float
) -> Floats:
    """Sky, meadow, road, houses and trees, out of focus by ``blur_px``: RGB float32 (H, W, 3) in 0..1."""
    canvas = np.ascontiguousarray(_draw_sky(rng, size_hw, light) * 255, np.uint8)
    _draw_ground(canvas, rng, vanishing_xy)
    far_to_near = np.sort(rng.uniform(0.004, 0.034, size=26)) * size_hw[0]
    for scale_px in far_to_near:  # pixels that one sign edge takes up at this distance
        side = 1 if rng.random() < 0.5 else -1
        away = float(rng.uniform(9, 34)) + (4 if side < 0 else 0)
        foot_xy = (vanishing_xy[0] + side * away * scale_px, vanishing_xy[1] + EYE_HEIGHT * scale_px)
        draw = _draw_house if rng.random() < 0.25 else _draw_tree
        draw(canvas, rng, foot_xy, float(scale_px))
    blurred = cv2.GaussianBlur(canvas, (0, 0), max(blur_px, 0.3))
    street = np.asarray(blurred, np.float32) / np.float32(255)
    return _add_haze(street, vanishing_xy[1], light)


def soft_noise(rng: np.random.Generator, size_hw: tuple[int, int], cells: int) -> Floats:
    """Smooth noise (H, W) in 0..1 with about ``cells`` blobs along the width and three layers of detail."""
    total = np.zeros(size_hw, np.float32)
    for octave, weight in enumerate((0.57, 0.29, 0.14)):
        grid = rng.random((cells * 2**octave, cells * 2**octave), dtype=np.float32)
        total += weight * cv2.resize(grid, size_hw[::-1], interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(total, 0, 1), np.float32)


def _draw_sky(rng: np.random.Generator, size_hw: tuple[int, int], light: Light) -> Floats:
    """A gradient from ``light.sky_top`` to ``light.sky_low`` with a few clouds: RGB float32 (H, W, 3) in 0..1."""
    down = np.linspace(0, 1.4, size_hw[0], dtype=np.float32).clip(0, 1)[:, None, None]
    sky = np.array(light.sky_top, np.float32) * (1 - down) + np.array(light.sky_low, np.float32) * down
    clouds = np.clip((soft_noise(rng, size_hw, cells=4) - 0.52) * 5, 0, 1)[..., None] * 0.7
    return np.asarray(sky * (1 - clouds) + (0.35 + 0.65 * np.array(light.sky_low, np.float32)) * clouds, np.float32)


def _draw_ground(canvas: Pixels, rng: np.random.Generator, vanishing_xy: tuple[float, float]) -> None:
    """Hills, meadow and a two-lane road that runs to the vanishing point, drawn onto ``canvas``."""
    height, width = canvas.shape[:2]
    x0, horizon = vanishing_xy
    xs = np.linspace(0, width, 40)
    for lift, colour in ((0.07, (138, 160, 158)), (0.035, (112, 142, 112))):
        waves = np.sin(xs / width * rng.uniform(4, 9) + rng.uniform(0, 6)) * 0.5 + 0.5
        ridge = np.stack([xs, horizon - waves * lift * height], axis=1)
        _fill(canvas, [*ridge, (width, height), (0, height)], colour)
    _fill(canvas, [(0, horizon), (width, horizon), (width, height), (0, height)], _vary(rng, (116, 146, 84)))
    drop = 4.0 * height  # well below the picture, also where the horizon lies above it

    def strip(left: float, right: float, near: float, far: float, colour: Colour) -> None:
        """Fill the part of the ground between two sides (metres right of the eye) and two depths below the horizon."""
        corners = [(left, far), (right, far), (right, near), (left, near)]
        _fill(canvas, [(x0 + side * depth / 1.4, horizon + depth) for side, depth in corners], colour)

    strip(-5.6, 2.6, drop, 0, (168, 164, 152))
    strip(-5.1, 2.1, drop, 0, _vary(rng, (104, 106, 112), 8))
    strip(1.75, 1.88, drop, 0, (226, 226, 222))
    for dash in range(9):
        far = 0.012 * height * 1.75**dash
        strip(-1.56, -1.44, far * 1.35, far, (226, 226, 222))


def _draw_tree(canvas: Pixels, rng: np.random.Generator, foot_xy: tuple[float, float], scale_px: float) -> None:
    """A trunk below a crown of overlapping leaves, lighter towards the upper left; some 4 to 8 m high."""
    x, y = foot_xy
    tall = float(rng.uniform(7, 13)) * scale_px
    trunk = 0.35 * scale_px
    _fill(
        canvas,
        [(x - trunk, y), (x + trunk, y), (x + trunk / 2, y - tall / 2), (x - trunk / 2, y - tall / 2)],
        (84, 70, 58),
    )
    leaf = np.asarray(_vary(rng, ((82, 122, 66), (104, 132, 62), (150, 128, 60), (62, 104, 72))[rng.integers(4)], 14))
    for across, up in rng.normal(0, 0.42, size=(26, 2)).clip(-0.8, 0.8):
        centre = (int(x + across * tall * 0.36), int(y - tall * (0.66 + up * 0.36)))
        shade = leaf * (1 + 0.28 * (up - across) / 1.6)
        cv2.circle(canvas, centre, max(1, int(tall * 0.12)), shade.tolist(), -1, cv2.LINE_AA)


def _draw_house(canvas: Pixels, rng: np.random.Generator, foot_xy: tuple[float, float], scale_px: float) -> None:
    """A gabled house with windows, some 8 m wide."""
    x, y = foot_xy
    half, wall, roof = (float(rng.uniform(*span)) * scale_px for span in ((5, 8), (7, 10), (4, 6)))
    _fill(
        canvas,
        [(x - half, y), (x + half, y), (x + half, y - wall), (x - half, y - wall)],
        _vary(rng, (222, 208, 186), 18),
    )
    eaves = half * 1.12
    _fill(canvas, [(x - eaves, y - wall), (x + eaves, y - wall), (x, y - wall - roof)], _vary(rng, (158, 82, 62), 20))
    pane_w, pane_h = half * 0.15, wall * 0.12
    for across in (-0.55, 0.0, 0.55):
        for up in (0.28, 0.7):
            px, py = x + across * half, y - up * wall
            box = [
                (px - pane_w, py - pane_h),
                (px + pane_w, py - pane_h),
                (px + pane_w, py + pane_h),
                (px - pane_w, py + pane_h),
            ]
            _fill(canvas, box, (92, 110, 128))


def _add_haze(street: Floats, horizon: float, light: Light) -> Floats:
    """Fade towards the lower sky: fully ``light.haze`` at the horizon and above, less and less below it."""
    rows = np.arange(street.shape[0], dtype=np.float32)
    near = np.clip((rows - horizon) / (0.5 * street.shape[0]), 0, 1)
    haze = (light.haze * (1 - 0.8 * near))[:, None, None]
    return np.asarray(street * (1 - haze) + np.array(light.sky_low, np.float32) * haze, np.float32)


def _fill(canvas: Pixels, points_xy: Sequence[Sequence[float] | npt.NDArray[np.floating]], colour: Colour) -> None:
    points = np.clip(np.array(points_xy, np.float64), -20_000, 20_000)
    cv2.fillPoly(canvas, [np.round(points).astype(np.int32)], colour, cv2.LINE_AA)


def _vary(rng: np.random.Generator, colour: Colour, most: float = 12) -> Colour:
    red, green, blue = (np.asarray(colour) + rng.uniform(-most, most, 3)).clip(0, 255).tolist()
    return (red, green, blue)
