"""Networks to start from, as data; `network` builds them. Reading this loads neither TensorFlow nor Keras."""

from dataclasses import dataclass

from vision.errors import SettingsError


@dataclass(frozen=True)
class BackboneSpec:
    """A network of `keras.applications`, or one that comes as a Keras file.

    Attributes:
        name: word on the command line.
        description: a line on size and speed, for people.
        application: its constructor in `keras.applications`, called with `alpha` if `alphas` is not empty; "" where
            the body, architecture and weights, is read from the `.keras` file given as weights.
        scale, offset: pixel values 0..255 times scale plus offset give the network's range.
        alphas: widths that exist.
        minimum_size: smallest input side in pixels.
        step_ms: what a training step takes for each photo in it, by input side, at width 1 on two quiet cores.
        alpha_power: by that power of the width it grows.
        imagenet_name: how Keras calls the file of its ImageNet weights, with {alpha} and {size} in it.
        alpha_names: the widths as that name has them, where it does not have them as numbers.
        imagenet_sizes: input sides that have a file of their own; all others take the largest.
    """

    name: str
    description: str
    application: str
    scale: float
    offset: float
    alphas: tuple[float, ...] = ()
    minimum_size: int = 32
    step_ms: tuple[tuple[int, float], ...] = ((96, 20.0), (160, 40.0), (224, 60.0))
    alpha_power: float = 1.0
    imagenet_name: str = ""
    alpha_names: tuple[str, ...] = ()
    imagenet_sizes: tuple[int, ...] = ()

    def imagenet_file(self, alpha: float, image_size: int | None) -> str:
        """The name, as a pattern, of the file that Keras keeps of its ImageNet weights; None is any size."""
        names = dict(zip(self.alphas, self.alpha_names, strict=False))
        size = image_size if image_size in self.imagenet_sizes else max(self.imagenet_sizes, default=0)
        return self.imagenet_name.format(alpha=names.get(alpha, alpha), size="*" if image_size is None else size)

    def check(self, alpha: float, image_size: int) -> None:
        """Raises SettingsError where the network has no such width or input size."""
        if image_size < self.minimum_size:
            raise SettingsError(f"{self.name} needs at least {self.minimum_size} px, not {image_size}.")
        if self.alphas and alpha not in self.alphas:
            raise SettingsError(f"{self.name} has the widths {', '.join(map(str, self.alphas))}, not {alpha}.")


# Their times: MobileNetV2's are from whole runs; the others' and the powers of the width are the ratio to it of the
# processor time of eight steps of 32 random photos with random weights (EfficientNet-Lite0: of what it is known for).
BACKBONES = {
    spec.name: spec
    for spec in (
        BackboneSpec(
            name="mobilenet_v2",
            description="Small and fast, made for phones; quantises well (3.5 million weights at width 1.0).",
            application="MobileNetV2",
            scale=1 / 127.5,
            offset=-1.0,
            alphas=(0.35, 0.5, 0.75, 1.0, 1.3, 1.4),
            imagenet_name="mobilenet_v2_weights_tf_dim_ordering_tf_kernels_{alpha}_{size}_no_top.h5",
            imagenet_sizes=(96, 128, 160, 192, 224),
        ),
        BackboneSpec(
            name="mobilenet",
            description="The network of 2017, slightly larger and simpler than its successor.",
            application="MobileNet",
            scale=1 / 127.5,
            offset=-1.0,
            alphas=(0.25, 0.5, 0.75, 1.0),
            imagenet_name="mobilenet_{alpha}_{size}_tf_no_top.h5",
            alpha_names=("2_5", "5_0", "7_5", "1_0"),
            imagenet_sizes=(128, 160, 192, 224),
            step_ms=((96, 19.0), (160, 38.0), (224, 57.0)),
            alpha_power=1.25,
        ),
        BackboneSpec(
            name="efficientnet_lite0",
            description="More accurate than MobileNetV2, a third slower; made for 8 bits. Starts from a .keras file.",
            application="",
            scale=1 / 128,
            offset=-127 / 128,
            step_ms=((96, 27.0), (160, 53.0), (224, 80.0)),
        ),
    )
}


def backbone_named(name: str) -> BackboneSpec:
    """The backbone of that name.

    Raises:
        SettingsError: there is none.
    """
    if name not in BACKBONES:
        raise SettingsError(f"There is no backbone '{name}'; the backbones are: {', '.join(BACKBONES)}.")
    return BACKBONES[name]
