"""Several runs that differ in their network: a grid of input sizes, widths and backbones."""

import dataclasses
from collections.abc import Sequence
from itertools import product

from vision.errors import SettingsError
from vision.training.backbones import backbone_named
from vision.training.config import TrainingConfig

# Backbone, width and input side in pixels: MobileNet as it is at four sizes, and two narrower ones.
ARTICLE_SIX = (
    ("mobilenet", 1.0, 224),
    ("mobilenet", 1.0, 192),
    ("mobilenet", 1.0, 160),
    ("mobilenet", 1.0, 128),
    ("mobilenet", 0.75, 224),
    ("mobilenet", 0.5, 224),
)


def expand(
    config: TrainingConfig,
    image_sizes: Sequence[int] = (),
    alphas: Sequence[float] = (),
    backbones: Sequence[str] = (),
) -> list[tuple[str, TrainingConfig]]:
    """A run for each combination, by name; of what is left out, the one of `config`.

    Raises:
        SettingsError: a backbone has no such width or size, or one weights file should serve several networks.
    """
    networks = product(backbones or [config.backbone], alphas or [config.alpha], image_sizes or [config.image_size])
    return variants(config, list(networks))


def variants(
    config: TrainingConfig, networks: Sequence[tuple[str, float, int]] = ARTICLE_SIX
) -> list[tuple[str, TrainingConfig]]:
    """A run for each backbone, width and input size, by name.

    Raises:
        SettingsError: a backbone has no such width or size, or one weights file should serve several networks.
    """
    if config.weights not in ("imagenet", "none") and len({network[:2] for network in networks}) > 1:
        raise SettingsError(
            f"The weights in '{config.weights}' fit one backbone and width; start a sweep over several from imagenet."
        )
    runs: dict[str, TrainingConfig] = {}  # a backbone of one width comes once, whatever widths are asked for
    for backbone, alpha, image_size in networks:
        spec = backbone_named(backbone)
        spec.check(alpha, image_size)
        width = f"-{alpha:g}" if spec.alphas else ""
        changed = dataclasses.replace(config, backbone=backbone, alpha=alpha, image_size=image_size)
        runs[f"{backbone.replace('_', '-')}{width}-{image_size}"] = changed
    return list(runs.items())
