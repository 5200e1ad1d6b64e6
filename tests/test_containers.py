"""The container files are sound, start commands that exist, and set nothing that is no setting."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
DOCKERFILE = (HERE / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((HERE / "docker-compose.yml").read_text())
OURS = {name: service for name, service in COMPOSE["services"].items() if service.get("build")}


def test_the_dockerfile_lint_finds_nothing() -> None:
    done = subprocess.run([BIN / "hadolint", HERE / "Dockerfile"], capture_output=True, text=True)
    assert done.returncode == 0 and not done.stdout, done.stdout + done.stderr


def test_the_compose_file_is_one() -> None:
    schema = ["--builtin-schema", "vendor.compose-spec"]
    command = [str(BIN / "check-jsonschema"), *schema, str(HERE / "docker-compose.yml")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_containers_start_what_podline_can_do() -> None:
    told = subprocess.run([BIN / "podline", "--help"], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    commands = [service["command"] for service in OURS.values()]
    commands += [re.findall(r'"([^"]+)"', line) for line in re.findall(r"^CMD (\[.*)$", DOCKERFILE, re.MULTILINE)]
    assert len(commands) == len(OURS) + 1
    for program, command, *_ in commands:
        assert program == "podline"
        assert re.search(rf"^\W*{command}\b", told.stdout, re.MULTILINE), f"podline has no command {command}"


def test_the_containers_set_nothing_but_settings() -> None:
    from podline.settings import Settings

    known = {f"PODLINE_{name.upper()}" for name in Settings.model_fields}
    named = set(re.findall(r"\bPODLINE_[A-Z_]+", DOCKERFILE))
    for service in OURS.values():
        named |= {name for name in service.get("environment", {}) if name.startswith("PODLINE_")}
    assert named <= known


def test_the_container_is_not_root_and_tells_whether_it_lives() -> None:
    last = DOCKERFILE.rsplit("\nFROM ", 1)[1]
    assert re.search(r"^USER \d{4,}$", last, re.MULTILINE)
    assert "/healthz" in last.partition("HEALTHCHECK")[2]


@pytest.mark.parametrize("lock", re.findall(r"requirements/(\w+\.txt) ", DOCKERFILE))
def test_every_package_is_checked_against_the_lock(lock: str) -> None:
    assert (HERE / "requirements" / lock).is_file()
    for line in re.findall(r"pip install.*", DOCKERFILE):
        assert "--require-hashes" in line or "--no-deps" in line


def test_the_image_is_made_of_what_ships() -> None:
    """A folder that the wheel needs and the ignore file hides would be missed only in the image."""
    let_in = re.findall(r"^!(\S+)$", (HERE / ".dockerignore").read_text(), re.MULTILINE)
    assert set(let_in) >= {"pyproject.toml", "README.md", "requirements"}
    for name in let_in:
        assert (HERE / name).exists(), name
    packages = {path.parent.name for path in HERE.glob("*/__init__.py")} - {"tests", "bench"}
    assert packages <= set(let_in)
