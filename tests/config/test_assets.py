import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from config import assets
from config.local import BASE_DIR


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a filled node_modules folder and an npm that notes how it was called."""
    for name in assets.MANIFESTS:
        shutil.copy(BASE_DIR / name, tmp_path / name)
    for source in (assets.WANTED | assets.FOR_TESTS).values():
        path = tmp_path / "packages" / source
        path.parent.mkdir(parents=True, exist_ok=True)
        (path / "leaf.txt" if not path.suffix else path).parent.mkdir(parents=True, exist_ok=True)
        (path / "leaf.txt" if not path.suffix else path).write_text(source)
    monkeypatch.setattr(assets, "BASE_DIR", tmp_path)
    monkeypatch.setattr(assets, "ASSETS", tmp_path / ".local" / "assets")
    return tmp_path


@pytest.fixture
def npm(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = checkout / "bin" / "npm"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >> {checkout}/calls\ncp -r {checkout}/packages node_modules\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return checkout / "calls"


def test_assets_are_fetched_once(checkout: Path, npm: Path) -> None:
    assert assets.fetch()
    assert not assets.fetch()

    assert npm.read_text().count("ci ") == 1
    assert (assets.ASSETS / "uswds" / "css" / "uswds.min.css").exists()
    assert (assets.ASSETS / "axe" / "axe.min.js").exists()


def test_assets_are_fetched_again_when_the_lock_changes(checkout: Path, npm: Path) -> None:
    assets.fetch()
    lock = checkout / "package-lock.json"
    lock.write_text(json.dumps(json.loads(lock.read_text()) | {"changed": True}))

    assert assets.fetch()


def test_failed_installation_leaves_what_was_there(checkout: Path, npm: Path) -> None:
    assets.fetch()
    (checkout / "bin" / "npm").write_text("#!/bin/sh\nexit 1\n")
    (checkout / "package-lock.json").write_text("{}")

    with pytest.raises(SystemExit, match="npm could not install"):
        assets.fetch()

    assert (assets.ASSETS / "uswds" / "css" / "uswds.min.css").exists()


def test_packages_that_are_there_already_are_only_placed(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["assets", "--packages", str(checkout / "packages")])

    assets.main()

    assert (assets.ASSETS / "uswds" / "css" / "uswds.min.css").exists()
    assert not (assets.ASSETS / "axe").exists(), "the checker is for tests only"


def test_npm_of_the_wheel_serves_where_the_machine_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    node, script = assets.npm()

    assert os.access(node, os.X_OK)
    assert Path(script).name == "npm-cli.js"
    assert Path(script).exists()


def test_lock_names_no_package_without_a_hash() -> None:
    lock = json.loads((BASE_DIR / "package-lock.json").read_text())

    unhashed = [name for name, package in lock["packages"].items() if name and "integrity" not in package]

    assert unhashed == []
