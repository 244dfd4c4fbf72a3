"""Operators of TFLite files: which ones a converter or an interpreter stumbled over, and which are left in floats."""

import re

from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

from vision.errors import VisionError
from vision.export.read_tflite import operator_names

# As the converter, its quantiser and the interpreter put it, in the versions that requirements.txt pins.
COMPLAINTS = (
    r"'(?:tf|tfl)\.(\w+)' op is neither a custom op nor a flex op",
    r"not yet supported for op: '(\w+)'",
    r"Didn't find op for builtin opcode '(\w+)'",
    r"unresolved custom op: (\w+)",
    r"'(?:tf|tfl)\.(\w+)' op",
)
FLOATS = (schema.TensorType.FLOAT32, schema.TensorType.FLOAT16)
TRANSLATORS = ("QUANTIZE", "DEQUANTIZE")  # between floats outside and steps inside


class ExportError(VisionError):
    """A network that cannot be had in a format."""


def complaint(model_format: str, error: Exception) -> ExportError:
    """What a converter's or an interpreter's error means, in one sentence that names the operator."""
    text = str(error)
    for pattern in COMPLAINTS:
        if names := list(dict.fromkeys(re.findall(pattern, text))):
            return _has_no(names, model_format)
    first = next((line.strip() for line in text.splitlines() if line.strip()), type(error).__name__)
    return ExportError(f"The network could not be exported as {model_format} ({first[:200]}); choose another format.")


def _has_no(operators: list[str], model_format: str) -> ExportError:
    named = ", ".join(f"'{name}'" for name in operators)
    return ExportError(
        f"TFLite has no {model_format} version of the operator {named}, which this network uses; "
        "choose another format, or another backbone."
    )


def check_loads(content: bytes, model_format: str) -> None:
    """Raises ExportError where the interpreter that serves cannot run the file."""
    try:
        Interpreter(model_content=content).allocate_tensors()
    except (ValueError, RuntimeError) as error:
        raise complaint(model_format, error) from error


def check_without_floats(content: bytes, model_format: str) -> None:
    """Raises ExportError where something inside the file still computes in floats: no chip for 8 bits would take it."""
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    graph = model.subgraphs[0]
    left = [
        name
        for name, operator in zip(operator_names(model), graph.operators, strict=True)
        if name not in TRANSLATORS
        and any(graph.tensors[i].type in FLOATS for i in [*operator.inputs, *operator.outputs] if i >= 0)
    ]
    if left:
        raise _has_no(list(dict.fromkeys(left)), model_format)
