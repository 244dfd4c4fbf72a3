"""Fine-tuning to one class: the others stay what they were."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.torch_checks import DOG, NAMES, look


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("finetune")
    return look(folder, "other_classes", "finetune")


@pytest.fixture(scope="module")
def looked(both: dict[str, Any]) -> dict[str, Any]:
    return both["other_classes"]


def test_where_the_labels_have_the_object_the_other_classes_are_absent(looked: dict[str, Any]):
    np.testing.assert_allclose(looked["wanted"][0], [0, 0.8, 0], atol=1e-6)


def test_elsewhere_the_other_classes_are_what_the_teacher_sees(looked: dict[str, Any]):
    """The object itself is absent there, whatever the teacher says."""
    expected = np.array(looked["seen"][1])
    expected[DOG] = 0
    np.testing.assert_allclose(looked["wanted"][1], expected, atol=1e-6)
    assert looked["seen"][1][DOG] > 0.5


def test_each_anchor_and_class_has_a_loss_and_the_targets_are_left_alone(looked: dict[str, Any]):
    assert looked["shape"] == [1, 2, len(NAMES)]
    assert looked["targets_unchanged"]


def test_a_run_ends_in_weights_of_the_same_classes_and_tells_how_far_it_is(both: dict[str, Any]):
    run = both["finetune"]
    assert run["below"] and run["changed"]
    assert run["names"] == list(NAMES)
    assert [done for done, _ in run["told"]] == [0.5, 1]
    assert all(line.startswith(f"batch {i} of 2, ") for i, (_, line) in enumerate(run["told"], 1))
