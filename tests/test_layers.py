"""Who may import whom: serving stays small, and nothing below vision knows of the browser."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "vision").rglob("*.py"))
SERVING = (
    "classifier detector drawing drawn_signs evaluation images model_card model_store pipeline predictions".split()
)
SERVING += ["publishing", "tasks"]
TENSORFLOW = {"tensorflow", "keras", "tf_keras"}
TORCH = {"torch", "torchvision", "ultralytics"}
HEAVY = TENSORFLOW | TORCH | {"streamlit"}


def imported_modules(path: Path) -> set[str]:
    """Full names of what a file imports, also inside functions."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} has a relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_serving_loads_no_training_library_and_no_browser_library():
    code = f"import sys\nfrom vision import {', '.join(SERVING)}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert {"vision", "ai_edge_litert"} <= loaded
    assert not loaded & HEAVY


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_in_vision_imports_the_browser_side(path: Path):
    assert not {name.split(".")[0] for name in imported_modules(path)} & {"streamlit", "pages", "app", "tests"}


@pytest.mark.parametrize("name", SERVING)
def test_serving_does_not_know_of_training(name: str):
    imported = imported_modules(ROOT / "vision" / f"{name}.py")
    assert not [
        other for other in imported if other.startswith(("vision.training", "vision.export", "vision.detection."))
    ]


def test_tensorflow_and_torch_are_never_imported_by_the_same_file():
    for path in MODULES:
        roots = {name.split(".")[0] for name in imported_modules(path)}
        assert not (roots & TENSORFLOW and roots & TORCH), path


def test_torch_stays_with_detectors():
    users = [path for path in MODULES if {name.split(".")[0] for name in imported_modules(path)} & TORCH]
    assert users
    assert not [path for path in users if path.name != "torch_network.py" and path.parent.name != "detection"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_file_leads_to_both_tensorflow_and_torch(path: Path):
    """One process that imports torchvision after TensorFlow is aborted."""
    reached = reached_from(path)
    assert not (reached & TENSORFLOW and reached & TORCH), path


def reached_from(path: Path) -> set[str]:
    """What importing a file leads to, by way of other files of ours; what functions import is left out."""
    seen: set[Path] = set()
    roots: set[str] = set()
    left = [path]
    while left:
        file = left.pop()
        if file in seen:
            continue
        seen.add(file)
        for name in imported_at_once(file):
            roots.add(name.split(".")[0])
            left += [found for found in (module_file(name), module_file(name.rpartition(".")[0])) if found]
    return roots


def imported_at_once(path: Path) -> set[str]:
    """Full names of what importing a file imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def module_file(name: str) -> Path | None:
    """The file of a module of ours."""
    file = ROOT / f"{name.replace('.', '/')}.py"
    return file if name.startswith("vision.") and file.is_file() else None
