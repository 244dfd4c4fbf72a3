"""Errors meant for the person reading them: what was expected, what arrived, what to do."""


class VisionError(Exception):
    """Something a person can understand and mend. Pages and the command line show its message as it is."""


class ImageError(VisionError):
    """A photo that cannot be read, or is refused."""


class ModelError(VisionError):
    """A model folder that is missing, incomplete or not what its card says."""


class DatasetError(VisionError):
    """A folder of photos that cannot be trained or measured on."""


class SettingsError(VisionError):
    """Settings of a training run that do not fit together."""


class FeedbackError(VisionError):
    """What a person said of an answer could not be kept, read or taken back."""


class GoneError(VisionError):
    """What somebody had brought had to make room; it must be brought again."""


class BusyError(VisionError):
    """Too many want the same at once; the same may be tried again in a moment."""
