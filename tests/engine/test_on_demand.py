"""Packages of the engine import a module when a name of it is used, and offer the names that they say."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

PACKAGES = ("plan", "plan.apply", "plan.document", "plan.ledger")


@pytest.mark.parametrize("name", PACKAGES)
def test_every_name_of_a_package_is_its_modules_own(name: str) -> None:
    """What the type checker is told, what is offered and what is loaded are the same objects."""
    package = import_module(name)
    told = {
        alias.name: node.module
        for node in ast.walk(ast.parse(Path(str(package.__file__)).read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module and node.module != "plan.on_demand"
        for alias in node.names
    }

    assert set(package.__all__) == set(told)
    for word, home in told.items():
        assert getattr(package, word) is getattr(import_module(home), word)


@pytest.mark.parametrize("name", PACKAGES)
def test_a_name_that_a_package_lacks_is_an_error(name: str) -> None:
    """As of any module."""
    with pytest.raises(AttributeError, match=rf"module '{name}' has no attribute 'nothing'"):
        _ = import_module(name).nothing


def test_importing_the_engine_loads_none_of_it() -> None:
    """The packages alone."""
    program = (
        "import sys, plan, plan.apply, plan.document, plan.ledger; print(*(m for m in sys.modules if 'plan' in m))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert set(done.stdout.split()) == {*PACKAGES, "plan.on_demand"}
