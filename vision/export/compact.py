"""TFLite files without what stands in them twice.

The converter writes a zero point, 8 bytes, for each output channel of each kernel and bias, though all are zero: a
tenth of a small 8-bit network. In a FlatBuffer a vector may be referred to from any number of places, and readers see
no difference (https://flatbuffers.dev/internals).
"""

from typing import Any

import flatbuffers
import numpy as np

IDENTIFIER = b"TFL3"
BUFFER_ALIGNMENT = 16  # force_align of Buffer.data in TFLite's schema, which the Python builder does not know


class _SharingBuilder(flatbuffers.Builder):
    """Writes equal vectors of numbers once, and the weights where the processor reads them best."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self._written: dict[tuple[str, bytes], int] = {}

    def CreateNumpyVector(self, x: np.ndarray) -> int:
        key = x.dtype.str, x.tobytes()
        if key not in self._written:
            if x.dtype == np.uint8:
                # Where the vector ends is settled before it is written, from its end to its start.
                self.Prep(BUFFER_ALIGNMENT, x.nbytes)
            self._written[key] = super().CreateNumpyVector(x)
        return self._written[key]


def pack(model: Any) -> bytes:
    """A TFLite file of what `schema.ModelT.InitFromPackedBuf` read, equal vectors written once.

    Args:
        model: `ai_edge_litert.schema_py_generated.ModelT`.
    """
    builder = _SharingBuilder(1 << 20)
    builder.Finish(model.Pack(builder), IDENTIFIER)
    return bytes(builder.Output())
