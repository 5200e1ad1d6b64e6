"""The rules of the house that no other tool keeps: what lies where, what ships, what the locks hold."""

import ast
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PROJECT = tomllib.loads((HERE / "pyproject.toml").read_text())
PACKAGES: list[str] = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
FOLDERS = {*PACKAGES, ".ci", "bench", "docs", "requirements", "tests"}
FILES = {
    *(".dockerignore", ".env.example", ".gitignore", ".pre-commit-config.yaml", ".squawk.toml"),
    *("CHANGELOG.md", "CONTRIBUTING.md", "Dockerfile", "LICENSE", "Makefile", "README.md"),
    *("docker-compose.yml", "pyproject.toml"),
}
NOT_OURS = {".env", ".git", ".venv", "dist", "var"}  # as .gitignore says: what tools and runs leave
CACHES = re.compile(r"__pycache__|.*_cache|\.hypothesis|\.coverage.*|.*\.egg-info")
LONGEST = 400
GENERATED = {"db/migrations/0001_jobs.sql", "db/schema.sql"}


def tree(folder: Path = HERE) -> Iterator[Path]:
    """Every file of ours below a folder."""
    for path in sorted(folder.iterdir()):
        if CACHES.fullmatch(path.name) or (folder == HERE and path.name in NOT_OURS):
            continue
        if path.is_dir():
            yield from tree(path)
        else:
            yield path


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {"PATH": os.defpath, "HOME": str(cwd), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=cwd, env={**kept, **environment}, capture_output=True, text=True)


def test_nothing_stands_loose_at_the_top() -> None:
    found = {path.relative_to(HERE).parts for path in tree()}
    assert {parts[0] for parts in found if len(parts) > 1} <= FOLDERS
    assert {parts[0] for parts in found if len(parts) == 1} <= FILES


def test_no_file_holds_two_things() -> None:
    long = {
        str(path.relative_to(HERE)): lines
        for path in tree()
        if path.suffix in (".py", ".js", ".css", ".html", ".sql")
        and str(path.relative_to(HERE)) not in GENERATED
        and (lines := path.read_text().count("\n")) > LONGEST
    }
    assert not long, f"past {LONGEST} lines a file holds two things"


def test_every_module_says_what_it_owns() -> None:
    silent = [
        str(path.relative_to(HERE))
        for package in PACKAGES
        for path in tree(HERE / package)
        if path.suffix == ".py" and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert not silent


def test_no_file_knows_a_machine_or_an_index() -> None:
    private = re.compile(r"/(?:home|Users|root)/\w|file:/{2}|https?:/{2}\S*(?:pypi|pythonhosted|/simple)\b")
    told = {}
    for path in tree():
        try:
            found = private.search(path.read_text())
        except UnicodeDecodeError:
            continue
        if found:
            told[str(path.relative_to(HERE))] = found.group()
    assert not told


def locked(name: str) -> dict[str, str]:
    """Package → version of a lock; every entry has a hash, none an address, and none comes twice."""
    text = (HERE / "requirements" / name).read_text()
    assert not re.search(r"https?:|file:|@ |--(?:index|extra|find)", text)
    versions: dict[str, str] = {}
    for entry in re.split(r"\n(?=[a-z0-9])", text.strip()):
        match = re.match(r"([a-z0-9._-]+)==([^ ;]+)", entry)
        assert match is not None, entry
        assert "--hash=sha256:" in entry, f"{match[1]} has no hash"
        assert match[1] not in versions, f"{match[1]} is there twice"
        versions[match[1]] = match[2]
    return versions


def test_the_locks_hold_what_the_project_asks_for() -> None:
    running, developing = locked("run.txt"), locked("dev.txt")
    assert running.items() <= developing.items(), "run `make lock`"
    assert wanted(PROJECT["project"]["dependencies"]) <= running.keys(), "run `make lock`"
    assert wanted(PROJECT["project"]["optional-dependencies"]["dev"]) <= developing.keys(), "run `make lock`"


def wanted(requirements: list[str]) -> set[str]:
    names = (re.match(r"[A-Za-z0-9._-]+", requirement) for requirement in requirements)
    return {re.sub(r"[-_.]+", "-", name.group()).lower() for name in names if name}


def test_make_help_lists_every_target() -> None:
    text = (HERE / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert phony is not None
    told = run("make", "help", cwd=HERE).stdout
    assert re.findall(r"^  make ([\w-]+) +\S", told, re.MULTILINE) == phony[1].split()


@pytest.mark.parametrize(
    ("folder", "forbidden", "contract"),
    [
        ("routing", "import db", "One road"),
        ("ivr", "import web", "One road"),
        ("telling", "import web", "One road"),
        ("routing", "import asyncio", "The heart touches nothing"),
        ("callflows", "import asyncpg", "The heart touches nothing"),
        ("simulator", "import routing", "The local Twilio knows none of ours"),
    ],
)
def test_an_import_against_the_arrows_is_found(tmp_path: Path, folder: str, forbidden: str, contract: str) -> None:
    shutil.copy(HERE / "pyproject.toml", tmp_path)
    for package in PACKAGES:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    assert run(BIN / "lint-imports", "--no-cache", cwd=tmp_path).returncode == 0
    (tmp_path / folder / "planted.py").write_text(f"{forbidden}\n")
    done = run(BIN / "lint-imports", "--no-cache", cwd=tmp_path)
    assert done.returncode == 1
    assert re.search(rf"{contract}.* BROKEN", done.stdout)


@pytest.mark.parametrize("package", ["callflows", "telling"])
def test_every_language_says_the_same_things(package: str) -> None:
    files = sorted((HERE / package / "languages").glob("*.toml"))
    said = {path.name: dict(leaves(tomllib.loads(path.read_text()))) for path in files}
    for name, prompts in said.items():
        english = said["en.toml"]
        assert prompts.keys() == english.keys(), name
        for key, prompt in prompts.items():
            assert placeholders(prompt) == placeholders(english[key]), f"{name}: {key}"


def leaves(table: dict[str, Any], above: str = "") -> Iterator[tuple[str, object]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def placeholders(prompt: object) -> set[str]:
    return set(re.findall(r"\{+\s*(\w+)", prompt)) if isinstance(prompt, str) else set()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-cache-dir", "--wheel-dir", "."]
    done = run(sys.executable, "-m", "pip", "wheel", *options, HERE, cwd=folder)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_all_that_ships_and_nothing_else(wheel: Path) -> None:
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert held == {str(path.relative_to(HERE)) for package in PACKAGES for path in tree(HERE / package)}


def test_the_wheel_runs_in_an_environment_of_its_own(wheel: Path, tmp_path: Path) -> None:
    """Its dependencies are lent by our environment: only what ships is new, and nothing here is in reach."""
    venv.create(tmp_path / "own", with_pip=False)
    own = tmp_path / "own" / "bin"
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(tmp_path / "own")}))
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    install = ["install", "--quiet", "--no-deps", "--no-index"]
    done = run(sys.executable, "-m", "pip", "--python", own / "python", *install, wheel, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    asked = "import podline; from db.migrate import migrations; print(podline.__file__, *migrations().iterdir())"
    told = run(own / "python", "-c", asked, cwd=tmp_path).stdout.split()
    assert len(told) > 1 and all(path.startswith(str(packages)) for path in told)
    helped = run(own / "podline", "--help", cwd=tmp_path)
    assert helped.returncode == 0, helped.stderr
    assert "serve" in helped.stdout
