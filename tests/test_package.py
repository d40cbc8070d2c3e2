"""What an installation carries, and what it is made from."""

import os
import re
import sqlite3
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import sentinel

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-build.lock")
PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9.-]*)==(?P<version>[^ ;]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Installation:
    """An unpacked wheel, away from the checkout that it was built from."""

    site: Path
    folder: Path

    def run(self, *arguments: str) -> None:
        """Run Python with this sentinel in front of any other, in an empty folder."""
        subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(self.site)},
            timeout=120,
            check=True,
        )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout."""
    target = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(target)],
        cwd=ROOT,
        timeout=120,
        check=True,
    )
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture
def installation(wheel: Path, tmp_path: Path) -> Installation:
    """The wheel, unpacked as pip does it."""
    site, folder = tmp_path / "site", tmp_path / "empty"
    folder.mkdir()
    with ZipFile(wheel) as archive:
        archive.extractall(site)
    return Installation(site, folder)


def test_the_wheel_carries_the_whole_package_and_nothing_else(wheel: Path) -> None:
    """Code, py.typed, templates, migrations and the example rules; no tests, no benchmarks, no cache."""
    with ZipFile(wheel) as archive:
        carried = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert carried == {
        *(f"sentinel/{file}" for file in files_below("sentinel")),
        *(f"sentinel/_migrations/{file}" for file in files_below("migrations")),
        "sentinel/_example/rules.yaml",
    }
    assert "sentinel/py.typed" in carried


def test_the_wheel_carries_the_licence(wheel: Path) -> None:
    """The licence travels with the code."""
    with ZipFile(wheel) as archive:
        (licence,) = [name for name in archive.namelist() if name.endswith("/licenses/LICENSE")]
        assert archive.read(licence) == (ROOT / "LICENSE").read_bytes()


def test_an_installation_writes_the_example_rules(installation: Installation) -> None:
    """`sentinel init` needs no checkout."""
    installation.run("-m", "sentinel", "init")
    assert (installation.folder / "rules.yaml").read_text("utf-8") == (ROOT / "rules.yaml").read_text("utf-8")


def test_an_installation_creates_its_database(installation: Installation) -> None:
    """The migrations run from inside the installed package, up to the newest one."""
    create = "from sentinel.store import open_database\nwith open_database('sqlite:///new.db'): pass"
    installation.run("-c", create)
    newest = max(file.name for file in (ROOT / "migrations" / "versions").glob("[0-9]*.py"))
    database = sqlite3.connect(installation.folder / "new.db")
    (reached,) = database.execute("select version_num from alembic_version").fetchone()
    database.close()
    assert newest.startswith(f"{reached}_")


def test_the_program_says_the_version_of_the_package() -> None:
    """The version in the code is the version of the package."""
    assert sentinel.__version__ == project()["version"]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_says_nothing_of_the_machine_that_wrote_it(lock: str) -> None:
    """Names, versions, hashes and platforms: no index, no address, no path."""
    lines = (ROOT / lock).read_text("utf-8").splitlines()
    told = [line for line in lines if "/" in line or line.startswith(("-", "@"))]
    assert lines
    assert told == []


def test_the_locks_hold_what_the_project_asks_for() -> None:
    """Every dependency is pinned at a version that pyproject.toml allows; run `make lock` after changing it."""
    asked = [*project()["dependencies"], *project()["optional-dependencies"]["postgres"]]
    groups = pyproject()["dependency-groups"]
    tools = [tool for tool in groups["dev"] if isinstance(tool, str)]
    assert missing(asked, "requirements.lock") == []
    assert missing([*asked, *tools, *groups["build"]], "requirements-dev.lock") == []
    assert missing(groups["build"], "requirements-build.lock") == []


def missing(asked: list[str], lock: str) -> list[str]:
    """The requirements that no pin of the lock satisfies."""
    pins = PIN.findall((ROOT / lock).read_text("utf-8"))
    requirements = {text: Requirement(text) for text in asked}
    return [
        text
        for text, requirement in requirements.items()
        if not any(
            name == canonicalize_name(requirement.name) and requirement.specifier.contains(pinned)
            for name, pinned in pins
        )
    ]


def files_below(folder: str) -> list[str]:
    """The files that belong to a folder of the checkout, relative to it."""
    files = (file.relative_to(ROOT / folder) for file in (ROOT / folder).rglob("*") if file.is_file())
    return [file.as_posix() for file in files if "__pycache__" not in file.parts]


def pyproject() -> dict[str, Any]:
    """What pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def project() -> dict[str, Any]:
    """Its [project] table."""
    table: dict[str, Any] = pyproject()["project"]
    return table
