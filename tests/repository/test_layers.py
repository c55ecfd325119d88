"""The layering of the code: who may import whom."""

import ast
import sys
from pathlib import Path

import grimp
import pytest
from importlinter import cli

ROOT = Path(__file__).parents[2]

# What the domain may use of the standard library: computation, nothing that reaches outside.
PURE = frozenset(
    {
        "abc",
        "base64",
        "bisect",
        "collections",
        "contextlib",
        "copy",
        "dataclasses",
        "datetime",
        "decimal",
        "enum",
        "fnmatch",
        "fractions",
        "functools",
        "graphlib",
        "hashlib",
        "heapq",
        "importlib",  # for what is imported late: see the test of that
        "itertools",
        "json",
        "math",
        "operator",
        "re",
        "string",
        "textwrap",
        "types",
        "typing",
        "unicodedata",
    }
)


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("package_keeper", include_external_packages=True, cache_dir=None)


def test_the_contracts_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The contracts in pyproject.toml, as `make imports` checks them."""
    monkeypatch.chdir(ROOT)
    assert cli.lint_imports(no_cache=True) == cli.EXIT_STATUS_SUCCESS


def test_the_domain_imports_only_what_is_pure(graph: grimp.ImportGraph) -> None:
    """A list of what is allowed, since a list of what is forbidden always forgets something."""
    domain = "package_keeper.domain"
    modules = {domain} | graph.find_descendants(domain)
    imported = {
        used for module in modules for used in graph.find_modules_directly_imported_by(module)
    }
    outside = {used for used in imported if not used.startswith("package_keeper")}
    assert outside <= PURE | {"regex", "univers"}


def test_the_domain_imports_late_only_what_is_pure() -> None:
    """The graph does not show what a string names, so every such string is looked at."""
    for path in sorted((ROOT / "src" / "package_keeper" / "domain").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and "import_module" in ast.unparse(node.func):
                [name] = node.args
                assert isinstance(name, ast.Constant), ast.unparse(node)
                assert str(name.value).split(".")[0] == "univers"


def test_runtime_imports_are_declared(graph: grimp.ImportGraph) -> None:
    """Nothing reaches the image that only the lock of the tests installs."""
    declared = {"actions_toolkit", "github", "regex", "requests", "univers", "urllib3"}
    outside = {name for name in graph.modules if not name.startswith("package_keeper")}
    assert outside - set(sys.stdlib_module_names) <= declared
