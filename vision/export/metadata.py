"""TFLite metadata: labels and normalisation inside the file, so that MediaPipe's ImageClassifier takes it as it is.

The metadata is a small FlatBuffer of its own, in a buffer of the model; the labels are a ZIP archive behind the model
(https://ai.google.dev/edge/litert/models/metadata, schema: mediapipe/tasks/metadata/metadata_schema.fbs).
"""

import io
import zipfile
from collections.abc import Sequence

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from vision.export.compact import pack
from vision.model_card import LABELS_FILE

FIELD, IDENTIFIER = "TFLITE_METADATA", b"M001"
MIN_PARSER_VERSION = "1.0.0"  # the oldest reader that knows labels of an image classifier
RGB, IMAGE_PROPERTIES, NORMALIZATION_OPTIONS, TENSOR_AXIS_LABELS = 1, 2, 1, 2  # numbers of the schema


def with_metadata(content: bytes, name: str, image_size: int, labels: Sequence[str]) -> bytes:
    """A TFLite file of a classifier with its labels and what to feed it inside; answers stay the same.

    Args:
        content: a file of the model, in any format; one that has metadata already comes back as it is.
        name: by which the file calls itself.
        image_size: input side in pixels.
        labels: the classes in plain words, in output order.

    Returns:
        The file. Floats are fed pixels in 0..255 (normalisation: mean 0, deviation 1), as scaling is inside the model.
        MediaPipe stretches a photo to the input; where the card says "center_crop", crop it to a square before.
    """
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    if any(entry.name == FIELD.encode() for entry in model.metadata or []):
        return content
    graph = model.subgraphs[0]
    takes_floats = graph.tensors[graph.inputs[0]].type == schema.TensorType.FLOAT32
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(_metadata(name, image_size, takes_floats), np.uint8)
    model.buffers.append(buffer)
    entry = schema.MetadataT()
    entry.name, entry.buffer = FIELD, len(model.buffers) - 1
    model.metadata = [*(model.metadata or []), entry]
    behind = io.BytesIO(pack(model))
    with zipfile.ZipFile(behind, "a", zipfile.ZIP_STORED) as archive:  # readers map the labels into memory
        archive.writestr(zipfile.ZipInfo(LABELS_FILE), "".join(f"{label}\n" for label in labels))
    return behind.getvalue()


def _metadata(name: str, image_size: int, takes_floats: bool) -> bytes:
    to = flatbuffers.Builder(1024)
    size = _table(to, 2, {0: ("Uint32", image_size), 1: ("Uint32", image_size)})
    image = _table(to, 2, {0: ("Int8", RGB), 1: size})
    content = _table(to, 3, {0: ("Uint8", IMAGE_PROPERTIES), 1: image})
    photo = {0: to.CreateString("image"), 1: to.CreateString("The photo, RGB."), 3: content}
    if takes_floats:
        normalisation = _table(to, 2, {0: _floats(to, [0.0]), 1: _floats(to, [1.0])})
        photo[4] = _tables(to, [_table(to, 2, {0: ("Uint8", NORMALIZATION_OPTIONS), 1: normalisation})])
    labels = {0: to.CreateString(LABELS_FILE), 1: to.CreateString("The classes, a line each.")}
    file = _table(to, 5, labels | {2: ("Int8", TENSOR_AXIS_LABELS)})
    scores = {0: to.CreateString("probability"), 1: to.CreateString("Of each class, 0 to 1."), 6: _tables(to, [file])}
    inputs, outputs = (_tables(to, [_table(to, 7, fields)]) for fields in (photo, scores))
    graph = _table(to, 10, {2: inputs, 3: outputs})
    model = {0: to.CreateString(name), 3: _tables(to, [graph])}
    model[7] = to.CreateString(MIN_PARSER_VERSION)
    to.Finish(_table(to, 8, model), IDENTIFIER)
    return bytes(to.Output())


def _table(to: flatbuffers.Builder, size: int, fields: dict[int, int | tuple[str, int]]) -> int:
    """Writes a table; a field is an offset, or the kind and the value of a number."""
    to.StartObject(size)
    for slot, field in fields.items():
        if isinstance(field, tuple):
            kind, value = field
            getattr(to, f"Prepend{kind}Slot")(slot, value, 0)
        else:
            to.PrependUOffsetTRelativeSlot(slot, field, 0)
    return int(to.EndObject())


def _tables(to: flatbuffers.Builder, tables: Sequence[int]) -> int:
    to.StartVector(4, len(tables), 4)
    for table in reversed(tables):
        to.PrependUOffsetTRelative(table)
    return int(to.EndVector())


def _floats(to: flatbuffers.Builder, values: Sequence[float]) -> int:
    to.StartVector(4, len(values), 4)
    for value in reversed(values):
        to.PrependFloat32(value)
    return int(to.EndVector())
