"""What a network can be exported as, as data; `tflite` and `qat` make the files. Reading this loads no TensorFlow."""

from dataclasses import dataclass

from vision.errors import SettingsError


@dataclass(frozen=True)
class FormatSpec:
    """A TFLite format.

    Attributes:
        name: word on the command line and in a model folder: `model.NAME.tflite`.
        description: a line for people.
        is_calibrated: whether activations are in steps, whose size is found on training photos.
        has_eight_bit_weights: whether weights are rounded to 8 bits; `rounding` then goes first.
        is_trained: whether the weights are trained to be rounded, in a process of its own, see `qat`.
        for_phones: whether a phone's processor has fast instructions for it; others run it many times slower.
    """

    name: str
    description: str
    is_calibrated: bool = False
    has_eight_bit_weights: bool = False
    is_trained: bool = False
    for_phones: bool = True

    @property
    def needs_photos(self) -> bool:
        """Whether training photos are looked at, to find ranges or to round kernels well."""
        return self.is_calibrated or self.has_eight_bit_weights

    @property
    def file(self) -> str:
        """Name of its file in a model folder."""
        return f"model.{self.name}.tflite"


FORMATS = {
    spec.name: spec
    for spec in (
        FormatSpec("float32", "As trained."),
        FormatSpec("float16", "Weights in 16 bits: half the size; computes in 32 bits, or in 16 on a phone's GPU."),
        FormatSpec("dynamic", "Weights in 8 bits, activations rounded while it runs.", has_eight_bit_weights=True),
        FormatSpec("int8", "Weights and activations in 8 bits, bytes in and out: small, fast everywhere.", True, True),
        FormatSpec(
            "int16x8",
            "Weights in 8 bits, activations in 16: small and close, but slow on most.",
            is_calibrated=True,
            has_eight_bit_weights=True,
            for_phones=False,
        ),
        FormatSpec("int8-qat", "int8 whose weights were trained on to be rounded.", True, True, True),
    )
}
CONVERTED = tuple(name for name, spec in FORMATS.items() if not spec.is_trained)


def format_named(name: str) -> FormatSpec:
    """The format of that name.

    Raises:
        SettingsError: there is none.
    """
    if name not in FORMATS:
        raise SettingsError(f"There is no format '{name}'; the formats are: {', '.join(FORMATS)}.")
    return FORMATS[name]
