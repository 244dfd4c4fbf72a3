"""A network's layers and weights, read back from our own float32 TFLite file; TensorFlow is not needed for it.

The file is what a model folder always has, when the Keras weights are long gone. Batch normalisation is folded into
its kernels, so that a convolution here has a bias instead.
"""

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from vision.errors import ModelError

OPERATORS = {value: name for name, value in vars(schema.BuiltinOperator).items() if isinstance(value, int)}
ACTIVATIONS = {
    schema.ActivationFunctionType.NONE: None,
    schema.ActivationFunctionType.RELU: "relu",
    schema.ActivationFunctionType.RELU6: "relu6",
}
PADDINGS = {schema.Padding.SAME: "same", schema.Padding.VALID: "valid"}
ONLY_OURS = "only files that this app exported as float32 can be read back"


@dataclass(frozen=True)
class Step:
    """One operator of a network's body.

    Attributes:
        kind: "convolution", "depthwise", "add" or "pad".
        name: of its result, as in the file.
        inputs: the steps whose results it takes, -1 for the scaled photo.
        activation: None, "relu" or "relu6", on its result.
        kernel: float32, as Keras has it: (height, width, channels, outputs); depthwise (height, width, channels,
            multiplier).
        bias: float32 (outputs,).
        strides_hw, padding: of a convolution; padding is "same" or "valid".
        margins: of "pad": ((top, bottom), (left, right)) in pixels.
    """

    kind: str
    name: str
    inputs: tuple[int, ...]
    activation: str | None = None
    kernel: np.ndarray | None = None
    bias: np.ndarray | None = None
    strides_hw: tuple[int, int] = (1, 1)
    padding: str = "valid"
    margins: tuple[tuple[int, int], tuple[int, int]] = ((0, 0), (0, 0))


@dataclass(frozen=True)
class Network:
    """Pixels 0..255 -> times `scale` plus `offset` -> steps -> mean of each channel -> dense -> softmax.

    Attributes:
        size: input side in pixels.
        steps: the body, in an order in which it can be computed; the last one's result is its features.
        kernel: float32 (channels, classes) and bias float32 (classes,) of the dense layer.
    """

    size: int
    scale: float
    offset: float
    steps: tuple[Step, ...]
    kernel: np.ndarray
    bias: np.ndarray


def read_network(content: bytes) -> Network:
    """Reads a float32 TFLite file.

    Raises:
        ModelError: it is no TFLite file, or has other parts than our exports have; the operator is named.
    """
    try:
        model = schema.ModelT.InitFromPackedBuf(content, 0)
        graph = model.subgraphs[0]
    except (struct.error, IndexError, TypeError, ValueError, AttributeError) as error:
        raise ModelError("This is no TFLite file, or a damaged one; publish the model again.") from error
    return _Reader(model, graph).read()


def operator_names(model: Any) -> list[str]:
    """Names such as "CONV_2D" of a file's operators, in order.

    Args:
        model: `schema.ModelT`.
    """
    names = []
    for operator in model.subgraphs[0].operators:
        code = model.operatorCodes[operator.opcodeIndex]
        # Files made for old readers have the code in the older, one-byte field.
        builtin = OPERATORS[max(code.builtinCode, code.deprecatedBuiltinCode)]
        names.append(code.customCode.decode(errors="replace") if code.customCode else builtin)
    return names


class _Reader:
    def __init__(self, model: Any, graph: Any) -> None:
        self._model, self._graph = model, graph
        self._steps: list[Step] = []
        self._made_by: dict[int, int] = {}  # tensor -> step

    def read(self) -> Network:
        operators = list(zip(operator_names(self._model), self._graph.operators, strict=True))
        ends = [kind for kind, _ in operators[-3:]]
        if ends != ["MEAN", "FULLY_CONNECTED", "SOFTMAX"]:
            raise ModelError(
                f"This file ends with {', '.join(ends)}, not with a mean, a layer and SOFTMAX; {ONLY_OURS}."
            )
        first = self._graph.inputs[0]
        # Where the first convolution has no margins, the converter has folded the scaling into it.
        scaled, scale, offset = first, 1.0, 0.0
        if operators[0][0] == "MUL":
            (_, times), *operators = operators
            scaled, scale = times.outputs[0], self._scalar(times)
            if operators[0][0] == "ADD":
                (_, plus), *operators = operators
                scaled, offset = plus.outputs[0], self._scalar(plus)
        self._made_by[scaled] = -1
        readers = {
            "CONV_2D": self._convolution,
            "DEPTHWISE_CONV_2D": self._depthwise,
            "ADD": self._add,
            "PAD": self._pad,
        }
        for kind, operator in operators[:-3]:
            if kind not in readers:
                raise ModelError(f"This file has the operator {kind}, which cannot be read back; {ONLY_OURS}.")
            step = readers[kind](operator)
            self._made_by[operator.outputs[0]] = len(self._steps)
            self._steps.append(step)
        (_, mean), (_, dense), _ = operators[-3:]
        if not self._steps or self._made_by.get(mean.inputs[0]) != len(self._steps) - 1:
            raise ModelError(f"The features of this file are not its body's last result; {ONLY_OURS}.")
        size = int(self._graph.tensors[first].shape[1])
        kernel, bias = self._constant(dense.inputs[1]).T.copy(), self._bias(dense)
        return Network(size, scale, offset, tuple(self._steps), kernel, bias)

    def _name(self, operator: Any) -> str:
        name: str = self._graph.tensors[operator.outputs[0]].name.decode(errors="replace")
        return name

    def _inputs(self, operator: Any) -> tuple[int, ...]:
        return tuple(self._made_by[tensor] for tensor in operator.inputs if tensor in self._made_by)

    def _constant(self, index: int) -> np.ndarray:
        tensor = self._graph.tensors[index]
        kinds = {schema.TensorType.FLOAT32: np.float32, schema.TensorType.INT32: np.int32}
        data = self._model.buffers[tensor.buffer].data
        if tensor.type not in kinds or data is None:
            raise ModelError(f"The weights '{tensor.name.decode()}' are not float32; {ONLY_OURS}.")
        shape = [] if tensor.shape is None else list(tensor.shape)
        return np.frombuffer(bytes(data), kinds[tensor.type]).reshape(shape)

    def _bias(self, operator: Any) -> np.ndarray:
        """The bias of each output; a file leaves out those that are all zero."""
        if len(operator.inputs) > 2 and operator.inputs[2] >= 0:
            return self._constant(operator.inputs[2])
        return np.zeros(self._graph.tensors[operator.outputs[0]].shape[-1], np.float32)

    def _scalar(self, operator: Any) -> float:
        values = self._constant(operator.inputs[1])
        if values.size != 1:
            raise ModelError(f"'{self._name(operator)}' scales each colour differently; {ONLY_OURS}.")
        return float(values.reshape(-1)[0])

    def _activation(self, operator: Any) -> str | None:
        code = operator.builtinOptions.fusedActivationFunction
        if code not in ACTIVATIONS:
            raise ModelError(f"'{self._name(operator)}' has an activation other than ReLU and ReLU6; {ONLY_OURS}.")
        return ACTIVATIONS[code]

    def _convolved(self, kind: str, operator: Any, kernel: np.ndarray) -> Step:
        options = operator.builtinOptions
        if (options.dilationHFactor, options.dilationWFactor) != (1, 1):
            raise ModelError(f"'{self._name(operator)}' is a dilated convolution; {ONLY_OURS}.")
        return Step(
            kind,
            self._name(operator),
            self._inputs(operator),
            self._activation(operator),
            kernel,
            self._bias(operator),
            (options.strideH, options.strideW),
            PADDINGS[options.padding],
        )

    def _convolution(self, operator: Any) -> Step:
        kernel = self._constant(operator.inputs[1]).transpose(1, 2, 3, 0)
        return self._convolved("convolution", operator, kernel)

    def _depthwise(self, operator: Any) -> Step:
        kernel = self._constant(operator.inputs[1])[0]
        multiplier = operator.builtinOptions.depthMultiplier
        height, width, outputs = kernel.shape
        return self._convolved("depthwise", operator, kernel.reshape(height, width, outputs // multiplier, multiplier))

    def _add(self, operator: Any) -> Step:
        inputs = self._inputs(operator)
        if len(inputs) != 2:
            raise ModelError(f"'{self._name(operator)}' adds a constant; {ONLY_OURS}.")
        return Step("add", self._name(operator), inputs, self._activation(operator))

    def _pad(self, operator: Any) -> Step:
        (_, (top, bottom), (left, right), _) = self._constant(operator.inputs[1]).tolist()
        return Step("pad", self._name(operator), self._inputs(operator), margins=((top, bottom), (left, right)))
