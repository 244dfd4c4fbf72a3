"""TFLite files without what stands in them twice."""

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from tests.models_for_tests import draw_squares, exported, write_model
from vision.classifier import Classifier
from vision.export.compact import BUFFER_ALIGNMENT, pack


def packed(content: bytes) -> bytes:
    return pack(schema.ModelT.InitFromPackedBuf(content, 0))


@pytest.mark.parametrize("model_format", ["float32", "int8"])
def test_the_packed_file_gives_the_same_answers(model_format: str, tmp_path):
    plain = Classifier.load(write_model(tmp_path / "plain", {model_format: exported(model_format)}))
    small = Classifier.load(write_model(tmp_path / "small", {model_format: packed(exported(model_format))}))
    for photo in draw_squares(2, seed=700)[0]:
        np.testing.assert_array_equal(small.probabilities(photo), plain.probabilities(photo))


def test_zero_points_of_equal_length_stand_once():
    content = exported("int8")
    model = schema.Model.GetRootAs(packed(content), 0)
    places: dict[int, set[int]] = {}
    graph = model.Subgraphs(0)
    for number in range(graph.TensorsLength()):
        steps = graph.Tensors(number).Quantization()
        if steps is not None and steps.ZeroPointLength() > 1 and not steps.ZeroPointAsNumpy().any():
            field = steps._tab.Offset(10)
            places.setdefault(steps.ZeroPointLength(), set()).add(steps._tab.Vector(field))
    assert places
    assert all(len(found) == 1 for found in places.values())
    assert len(packed(content)) < len(content)


def test_weights_start_where_the_schema_wants_them():
    model = schema.Model.GetRootAs(packed(exported("int8")), 0)
    starts = [
        buffer._tab.Vector(buffer._tab.Offset(4))
        for buffer in map(model.Buffers, range(model.BuffersLength()))
        if buffer.DataLength()
    ]
    assert starts
    assert not any(start % BUFFER_ALIGNMENT for start in starts)
