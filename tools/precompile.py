"""Compile what a run imports, by hash, so that a fresh container starts at once.

    precompile.py ENVIRONMENT STDLIB_ROOT

Compiles all of ENVIRONMENT in place. Of the standard library it compiles only the modules that
importing the whole of `package_keeper` loads, early or late, into a tree under STDLIB_ROOT that
repeats their absolute paths. It runs in the builder stage, with the interpreter that the image
will run.

The `.pyc` files are unchecked: the times of files are rounded in layers, and a file that looks
newer than its `.pyc` would be compiled again in every run.
"""

import compileall
import importlib
import pkgutil
import py_compile
import sys
import sysconfig
from importlib.util import cache_from_source
from pathlib import Path

# What the program imports only when it needs it.
LATE = ("univers.versions",)

UNCHECKED = py_compile.PycInvalidationMode.UNCHECKED_HASH


def main(environment: Path, stdlib_root: Path) -> None:
    """Compile, or stop with the error of the first module that does not."""
    stdlib_root.mkdir(parents=True, exist_ok=True)
    for source in _stdlib_sources():
        target = stdlib_root / Path(cache_from_source(str(source))).relative_to("/")
        py_compile.compile(str(source), str(target), doraise=True, invalidation_mode=UNCHECKED)
    if not compileall.compile_dir(environment, quiet=1, force=True, invalidation_mode=UNCHECKED):
        sys.exit("a module does not compile")


def _stdlib_sources() -> list[Path]:
    _import_everything("package_keeper")
    stdlib = Path(sysconfig.get_path("stdlib"))
    files = {getattr(module, "__file__", None) for module in tuple(sys.modules.values())}
    sources = (Path(file) for file in files if file and file.endswith(".py"))
    return sorted(source for source in sources if stdlib in source.parents)


def _import_everything(package: str) -> None:
    root = importlib.import_module(package)
    for module in pkgutil.walk_packages(root.__path__, f"{package}."):
        importlib.import_module(module.name)
    for name in LATE:
        importlib.import_module(name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
