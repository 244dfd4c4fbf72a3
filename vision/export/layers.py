"""Where a smaller format loses: its activations beside those of the float32 file, layer by layer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from vision.errors import ModelError
from vision.export.read_tflite import operator_names

COMPARED = ("CONV_2D", "DEPTHWISE_CONV_2D", "ADD", "MEAN", "FULLY_CONNECTED", "SOFTMAX")
MOST_DB = 100.0  # no difference worth a word


@dataclass(frozen=True)
class LayerLoss:
    """How far one layer's results are from those of the float32 file.

    Attributes:
        operator: TFLite's name of what it does; name: of its result in the float32 file.
        signal_to_noise_db: power of the results over power of the difference, in decibels; more is better.
        added_noise: power of the difference as a part of the results' power, less that of the worst of its inputs:
            where it is largest, most is lost. Below zero where the layer levels differences out, as a mean does.
    """

    operator: str
    name: str
    signal_to_noise_db: float
    added_noise: float


def compare_layers(float_content: bytes, content: bytes, photos: Sequence[np.ndarray]) -> list[LayerLoss]:
    """Runs both files on the same photos and compares what each layer gives.

    Args:
        float_content: the float32 TFLite file; content: another format of the same network.
        photos: uint8 (size, size, 3), resized to the network's input.

    Returns:
        A row a layer, in the order in which they are computed.

    Raises:
        ModelError: the two files are not made of the same layers.
    """
    reference, other = _Watched(float_content), _Watched(content)
    if reference.kinds != other.kinds:
        raise ModelError("The two files are not made of the same layers; export both from one model.")
    count = len(reference.kinds) + 1
    signal, noise = np.zeros(count), np.zeros(count)
    for photo in photos:
        for place, (expected, arrived) in enumerate(zip(reference.run(photo), other.run(photo), strict=True)):
            signal[place] += np.square(expected).sum()
            noise[place] += np.square(arrived - expected).sum()
    share = np.maximum(noise / np.maximum(signal, 1e-12), 10 ** (-MOST_DB / 10))
    return [
        LayerLoss(kind, name, float(-10 * np.log10(share[place])), float(share[place] - max(share[i] for i in inputs)))
        for place, (kind, name, inputs) in enumerate(
            zip(reference.kinds, reference.names, reference.inputs, strict=True), start=1
        )
    ]


class _Watched:
    """A file whose layers' results can be read after a run; place 0 is the scaled photo."""

    def __init__(self, content: bytes) -> None:
        model = schema.ModelT.InitFromPackedBuf(content, 0)
        graph = model.subgraphs[0]
        made_by: dict[int, int] = {}
        self.kinds: list[str] = []
        self.names: list[str] = []
        self.inputs: list[tuple[int, ...]] = []
        self._results: list[int] = []
        for kind, operator in zip(operator_names(model), graph.operators, strict=True):
            is_layer = kind in COMPARED and (self._results or kind != "ADD")
            if is_layer and not self._results:
                self._results.append(operator.inputs[0])
                made_by[operator.inputs[0]] = 0
            if is_layer:
                self.kinds.append(kind)
                self.names.append(graph.tensors[operator.outputs[0]].name.decode(errors="replace"))
                self.inputs.append(tuple(made_by[i] for i in operator.inputs if i in made_by))
                made_by[operator.outputs[0]] = len(self._results)
                self._results.append(operator.outputs[0])
            elif operator.inputs[0] in made_by:  # what only changes the form of a result
                made_by[operator.outputs[0]] = made_by[operator.inputs[0]]
        self._interpreter = Interpreter(
            model_content=content,
            experimental_preserve_all_tensors=True,
            experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        )
        self._interpreter.allocate_tensors()
        self._details: dict[int, Any] = {one["index"]: one for one in self._interpreter.get_tensor_details()}

    def run(self, photo: np.ndarray) -> list[np.ndarray]:
        first = self._interpreter.get_input_details()[0]
        self._interpreter.set_tensor(first["index"], photo[None].astype(first["dtype"]))
        self._interpreter.invoke()
        return [self._floats(index) for index in self._results]

    def _floats(self, index: int) -> np.ndarray:
        values = self._interpreter.get_tensor(index).astype(np.float64)
        scale, zero = self._details[index]["quantization"]
        return (values - zero) * scale if scale else values
