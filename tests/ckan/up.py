"""A real CKAN 2.12 on this machine: PostgreSQL, Redis, Solr and CKAN, on loopback, in one folder.

    python tests/ckan/up.py up [FOLDER]      installs what is missing and starts what is not running
    python tests/ckan/up.py down [FOLDER]    stops what `up` started, and nothing else

The folder (default `.ckan`) has everything: programs, data, logs, pids, ports. `url`, `token` (a sysadmin's)
and `editor-token` in it are what the tests read. Needs Debian or Ubuntu for what it installs as root; as
anybody else it says what is missing. CKAN is AGPL: it runs in an environment of its own.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
CKAN = ("ckan[requirements]==2.12.0", "gunicorn", "ckanext-dcat==2.4.4", "ckanext-harvest==1.6.3")
PROGRAMS = {  # program → Debian's package
    "redis-server": "redis-server",
    "pg_ctlcluster": "postgresql",
    "mvn": "maven",
    "javac": "openjdk-17-jdk-headless",
}
PLUGINS = "datastore activity dcat structured_data harvest ckan_harvester dcat_rdf_harvester"
SERVICES = ("postgres", "redis", "solr", "ckan")  # the order in which they start


class Failed(Exception):
    """What was to be done, and the end of its log."""


class Place:
    """The folder with everything."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        for name in ("logs", "pids", "storage", "solr/home/ckan/conf"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.ports = self._ports()
        self.url = f"http://127.0.0.1:{self.ports['ckan']}"
        self.started = time.monotonic()

    def __truediv__(self, name: str) -> Path:
        return self.folder / name

    def _ports(self) -> dict[str, int]:
        """Free ports, chosen once."""
        path = self / "ports.json"
        if not path.exists():
            sockets = {name: socket.create_server(("127.0.0.1", 0)) for name in SERVICES}
            path.write_text(json.dumps({name: s.getsockname()[1] for name, s in sockets.items()}))
            for listening in sockets.values():
                listening.close()
        ports: dict[str, int] = json.loads(path.read_text())
        return ports

    def say(self, text: str) -> None:
        print(f"{time.monotonic() - self.started:6.1f} s  {text}", flush=True)

    def run(self, name: str, command: Sequence[str | Path], **more: Any) -> None:
        """Run to the end; its output is in logs/<name>.log. Raises Failed with the end of it."""
        log = self / f"logs/{name}.log"
        with log.open("ab") as out:
            done = subprocess.run(
                command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, check=False, **more
            )
        if done.returncode:
            raise Failed(f"{name}: exit {done.returncode}; {log}:\n{_tail(log)}")

    def start(self, name: str, command: Sequence[str | Path], **more: Any) -> None:
        """Start in the background and keep its pid."""
        if self.is_running(name):
            return
        with (self / f"logs/{name}.log").open("ab") as out:
            process = subprocess.Popen(
                command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True, **more
            )
        (self / f"pids/{name}").write_text(f"{process.pid} {_started(process.pid) or '-'}")

    def is_running(self, name: str) -> bool:
        return self.pid(name) is not None

    def pid(self, name: str) -> int | None:
        """The pid that `start` kept, if that process, and no later one with its number, is still there."""
        path = self / f"pids/{name}"
        if not path.exists():
            return None
        pid, since = path.read_text().split()
        return int(pid) if _started(int(pid)) == since else None

    def wait(self, name: str, is_ready: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not is_ready():
            if not self.is_running(name) or time.monotonic() > deadline:
                raise Failed(f"{name} did not come up:\n{_tail(self / f'logs/{name}.log')}")
            time.sleep(0.2)
        self.say(f"{name} answers")


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])


def _started(pid: int) -> str:
    """When the process started, as the kernel counts; empty when there is none or it is dead."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]


def answers(url: str, holds: str = "") -> bool:
    try:
        with urllib.request.urlopen(url, timeout=20) as response:
            return holds in response.read().decode()
    except (OSError, urllib.error.URLError):
        return False


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


# -- programs -----------------------------------------------------------------------------------


def install(place: Place) -> None:
    """What is missing: Debian's packages, then CKAN and Solr at the same time."""
    missing = sorted({package for program, package in PROGRAMS.items() if not shutil.which(program)})
    if not any(Path("/usr/lib").rglob("libmagic.so.1")):
        missing.append("libmagic1")
    if missing and os.geteuid():
        raise Failed(f"install these first, or run this as root: {' '.join(missing)}")
    if missing:
        place.say(f"installing {' '.join(missing)}")
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        place.run("apt", ["apt-get", "update", "-qq"], env=quiet)
        place.run(
            "apt", ["apt-get", "-o", "DPkg::Lock::Timeout=300", "install", "-y", "-qq", *missing], env=quiet
        )
    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(_ckan, place), pool.submit(_solr, place)]:
            done.result()


def _ckan(place: Place) -> None:
    if (place / "venv/installed").exists():
        return
    place.say("installing CKAN")
    place.run("pip", [sys.executable, "-m", "venv", place / "venv"])
    place.run("pip", [place / "venv/bin/pip", "install", "--quiet", *CKAN])
    (place / "venv/installed").touch()
    place.say("CKAN is installed")


def _solr(place: Place) -> None:
    if (place / "solr/installed").exists():
        return
    place.say("installing Solr")
    place.run(
        "mvn",
        ["mvn", "-q", "-B", "-f", HERE / "config/pom.xml", "dependency:copy-dependencies",
         "-DincludeScope=runtime", f"-DoutputDirectory={place / 'solr/lib'}"],
    )  # fmt: skip
    (place / "solr/installed").touch()
    place.say("Solr is installed")


# -- services -----------------------------------------------------------------------------------


def postgres(place: Place) -> None:
    """PostgreSQL of this folder; it refuses to run as root, so then it is the user postgres's."""
    data, port = place / "postgres", str(place.ports["postgres"])
    as_user: dict[str, Any] = {} if os.geteuid() else {"user": "postgres", "group": "postgres"}
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    if not (data / "PG_VERSION").exists():
        data.mkdir(exist_ok=True)
        if as_user:
            shutil.chown(data, "postgres", "postgres")
        place.run("initdb", [programs / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8",
                             "--locale=C.UTF-8", "--no-sync"], cwd="/", **as_user)  # fmt: skip
    # Tests need no durability.
    options = [f"{key}={value}" for key, value in {
        "listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "off",
        "synchronous_commit": "off", "full_page_writes": "off",
    }.items()]  # fmt: skip
    command = [programs / "postgres", "-D", data, *(part for option in options for part in ("-c", option))]
    place.start("postgres", command, cwd="/", **as_user)
    place.wait("postgres", lambda: _sql(place, "SELECT 1", check=False), 60)
    if not (place / "databases").exists():
        for name in ("ckan_default", "datastore_default"):
            _sql(place, f"CREATE ROLE {name} LOGIN PASSWORD 'pass'")
        for name in ("ckan_default", "datastore_default"):
            _sql(place, f"CREATE DATABASE {name} OWNER ckan_default ENCODING 'utf-8' TEMPLATE template0")
        (place / "databases").touch()


def _sql(place: Place, text: str, check: bool = True) -> bool:
    command = ["psql", "-h", "127.0.0.1", "-p", str(place.ports["postgres"]), "-U", "postgres", "-v",
               "ON_ERROR_STOP=1", "-q"]  # fmt: skip
    done = subprocess.run(command, input=text, text=True, capture_output=True, check=False)
    if check and done.returncode:
        raise Failed(f"psql: {done.stderr}")
    return done.returncode == 0


def redis(place: Place) -> None:
    port = place.ports["redis"]
    place.start("redis", ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "",
                          "--appendonly", "no"], cwd=place.folder)  # fmt: skip
    place.wait("redis", lambda: accepts(port), 20)


def solr(place: Place) -> None:
    home, port = place / "solr/home", place.ports["solr"]
    (home / "solr.xml").write_text("<solr/>")
    (home / "ckan/core.properties").write_text("name=ckan\n")
    for name in ("synonyms.txt", "protwords.txt"):  # CKAN's schema names both
        (home / "ckan/conf" / name).touch()
    shutil.copy(HERE / "config/solrconfig.xml", home / "ckan/conf")
    schema = next((place / "venv/lib").glob("python3*/site-packages/ckan/config/solr/schema.xml"))
    shutil.copy(schema, home / "ckan/conf")
    place.start("solr", ["java", "-Xms128m", "-Xmx512m", "-cp", f"{place / 'solr/lib'}/*",
                         HERE / "config/Launch.java", home, str(port)], cwd=place / "solr")  # fmt: skip
    base = f"http://127.0.0.1:{port}/solr/ckan"
    place.wait("solr", lambda: answers(f"{base}/schema?wt=schema.xml", 'name="ckan-2.12"'), 120)


# -- CKAN ---------------------------------------------------------------------------------------


def configuration(place: Place) -> dict[str, str]:
    ports = place.ports
    databases = f"127.0.0.1:{ports['postgres']}"
    return {
        "ckan.site_id": "ci",
        "ckan.site_url": place.url,  # addresses of uploaded files begin with it
        "ckan.site_title": "Labour market information",
        "ckan.plugins": PLUGINS,
        "sqlalchemy.url": f"postgresql://ckan_default:pass@{databases}/ckan_default",
        "ckan.datastore.write_url": f"postgresql://ckan_default:pass@{databases}/datastore_default",
        "ckan.datastore.read_url": f"postgresql://datastore_default:pass@{databases}/datastore_default",
        "ckan.redis.url": f"redis://127.0.0.1:{ports['redis']}/0",
        "solr_url": f"http://127.0.0.1:{ports['solr']}/solr/ckan",
        "ckan.storage_path": str(place / "storage"),
        "ckan.max_resource_size": "200",
        "ckan.auth.create_unowned_dataset": "false",
        # An office's editor makes datasets in its own organization, and nothing else.
        "ckan.auth.user_create_organizations": "false",
        "ckan.auth.user_create_groups": "false",
        "ckan.auth.user_delete_organizations": "false",
        "ckan.auth.user_delete_groups": "false",
        "ckanext.dcat.rdf.profiles": "euro_dcat_ap_3",
        "ckan.harvest.mq.type": "redis",
        "ckan.harvest.mq.port": str(ports["redis"]),
    }


def ckan(place: Place) -> None:
    if not (place / "prepared").exists():
        _prepare(place)
    (place / "wsgi.py").write_text((HERE / "config/wsgi.py.txt").read_text().format(ini=place / "ckan.ini"))
    address = f"127.0.0.1:{place.ports['ckan']}"
    command = [place / "venv/bin/gunicorn", "-w", "2", "--timeout", "120", "-b", address, "wsgi:application"]
    place.start("ckan", command, cwd=place.folder)
    action = f"{place.url}/api/3/action"
    # status_show answers without Solr, package_search does not.
    place.wait("ckan", lambda: answers(f"{action}/status_show", '"success": true'), 120)
    place.wait("ckan", lambda: answers(f"{action}/package_search?rows=0", '"success": true'), 60)
    (place / "url").write_text(place.url)


def _prepare(place: Place) -> None:
    """Configuration, tables, rights, a sysadmin and an editor with a token each."""
    command, ini = place / "venv/bin/ckan", place / "ckan.ini"
    if not ini.exists():
        place.run("generate", [command, "generate", "config", ini])
    place.run(
        "configure", [command, "config-tool", ini, *(f"{k}={v}" for k, v in configuration(place).items())]
    )
    cli = [command, "-c", ini]
    place.run("db", [*cli, "db", "init"])
    place.run("db", [*cli, "db", "upgrade"])
    place.say("CKAN has its tables")
    rights = subprocess.run(
        [*cli, "datastore", "set-permissions"], capture_output=True, text=True, check=True
    )
    _sql(place, rights.stdout)
    for name in ("admin", "editor"):
        secret = secrets.token_urlsafe(12)
        place.run("user", [*cli, "user", "add", name, f"email={name}@example.org", f"password={secret}"])
    place.run("user", [*cli, "sysadmin", "add", "admin"])
    for name, path in (("admin", "token"), ("editor", "editor-token")):
        made = subprocess.run(
            [*cli, "user", "token", "add", name, "ci", "-q"], capture_output=True, check=True
        )
        (place / path).touch(mode=0o600)
        (place / path).write_bytes(made.stdout.strip())
    (place / "prepared").touch()
    place.say("CKAN has its users")


# -- commands -----------------------------------------------------------------------------------


def up(place: Place) -> None:
    install(place)
    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(service, place) for service in (postgres, redis, solr)]:
            done.result()
    ckan(place)
    place.say(f"ready: {place.url}")


def down(place: Place) -> None:
    """Stop in the reverse order, each by the pid that was kept."""
    for name in reversed(SERVICES):
        pid = place.pid(name)
        if pid is not None:
            os.kill(pid, signal.SIGINT if name == "postgres" else signal.SIGTERM)
            deadline = time.monotonic() + 30
            while place.is_running(name) and time.monotonic() < deadline:
                time.sleep(0.1)
            place.say(f"{name} {'still runs' if place.is_running(name) else 'is stopped'}")
        (place / f"pids/{name}").unlink(missing_ok=True)


COMMANDS: dict[str, Callable[[Place], None]] = {"up": up, "down": down}


def main(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] not in COMMANDS:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        COMMANDS[arguments[0]](Place(Path(arguments[1] if len(arguments) > 1 else ".ckan")))
    except Failed as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
