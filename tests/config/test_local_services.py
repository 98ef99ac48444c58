import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import psycopg
import pytest
import redis

from config.embedded import process
from config.local import BASE_DIR, InUse, Services
from tests.processes import environment

HOLDER = """
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from config.local import Services
services = Services(Path(sys.argv[1]), durable=False).start()
print(services.postgres.state.pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def services() -> Iterator[Services]:
    # Not pytest's own folder: each new run of pytest closes it to everyone but its owner.
    with TemporaryDirectory(prefix="milepost-") as folder:
        services = Services(Path(folder) / "local", durable=False)
        yield services
        services.release()
        for server in services.servers:
            server.stop()


@pytest.fixture
def holder(services: Services) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the services until its input ends."""
    child = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(services.root)],
        cwd=BASE_DIR,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        yield child
        child.kill()


def pids(services: Services) -> list[int]:
    return [server.state.pid for server in services.servers]


def kill(*numbers: int) -> None:
    for number in numbers:
        os.kill(number, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(number) for number in numbers if psutil.pid_exists(number)], timeout=5)


def both_answer(services: Services) -> bool:
    return all(server.answers() for server in services.servers)


def test_services_start_and_stop_with_their_only_user(services: Services) -> None:
    services.start()

    assert both_answer(services)

    services.release()

    assert not any(server.process() for server in services.servers)


def test_services_are_shared_by_processes_and_stop_with_the_last(
    services: Services, holder: subprocess.Popen[str]
) -> None:
    assert holder.stdin
    assert holder.stdout
    theirs = int(holder.stdout.readline())

    services.start()

    assert services.postgres.state.pid == theirs

    services.release()

    assert both_answer(services)

    holder.stdin.close()
    holder.wait(20)

    assert not any(server.process() for server in services.servers)


@pytest.mark.slow
def test_services_left_running_by_a_killed_process_are_adopted(
    services: Services, holder: subprocess.Popen[str]
) -> None:
    assert holder.stdout
    theirs = int(holder.stdout.readline())
    kill(holder.pid)

    services.start()

    assert services.postgres.state.pid == theirs
    assert both_answer(services)


def test_killed_servers_come_back_with_their_data(services: Services) -> None:
    services.postgres.durable = True
    services.start()
    with services.postgres.connect("milepost") as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    kill(*pids(services))

    services.start()

    with services.postgres.connect("milepost") as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
    assert both_answer(services)


@pytest.mark.slow
def test_killed_server_is_started_by_the_next_connection_too(services: Services) -> None:
    services.start()
    before = services.postgres.state
    kill(before.pid)

    services.start()

    assert services.postgres.state.pid != before.pid
    assert services.postgres.port == before.port


def test_process_number_that_went_to_another_program_does_not_count(services: Services) -> None:
    services.start()
    services.release()
    (services.postgres.folder / "postmaster.pid").write_text(
        f"{os.getpid()}\n{services.postgres.folder}\n1\n"
    )
    for server in services.servers:
        stale = json.loads(server.path.read_text()) | {"pid": os.getpid()}
        server.path.write_text(json.dumps(stale))

    services.start()

    assert both_answer(services)
    assert os.getpid() not in pids(services)


@pytest.mark.slow
def test_servers_whose_numbers_were_lost_are_cleared_away(
    services: Services, holder: subprocess.Popen[str]
) -> None:
    assert holder.stdout
    theirs = int(holder.stdout.readline())
    kill(holder.pid)
    forgotten = json.loads(services.postgres.path.read_text()) | {"pid": 0}
    services.postgres.path.write_text(json.dumps(forgotten))

    services.start()

    assert both_answer(services)
    assert not process.find(theirs, psutil.Process().create_time(), "postgres")
    assert not psutil.pid_exists(theirs)


@pytest.mark.slow
def test_cluster_whose_making_was_interrupted_is_made_anew(services: Services) -> None:
    draft = services.root / "postgres.new"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")

    services.start()

    assert both_answer(services)


@pytest.mark.slow
def test_port_that_another_program_took_meanwhile_is_left_to_it(services: Services) -> None:
    taken = services.reserve().postgres.port
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", taken))
        stranger.listen()

        services.start()

    assert services.postgres.port != taken
    assert both_answer(services)


@pytest.mark.slow
def test_folders_in_use_are_not_handed_out_for_work(
    services: Services, holder: subprocess.Popen[str]
) -> None:
    assert holder.stdout
    holder.stdout.readline()

    with pytest.raises(InUse), services.stopped():
        pytest.fail("the other process still uses them")


@pytest.mark.slow
def test_servers_answer_on_loopback_only_and_ask_for_the_password(services: Services) -> None:
    services.start()
    postgres, valkey = (psutil.Process(pid) for pid in pids(services))

    listening = {
        connection.laddr.ip
        for server in (postgres, valkey)
        for connection in server.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    }

    assert listening == {"127.0.0.1"}
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host="127.0.0.1", port=services.postgres.port, user="postgres", password="guess")
    with pytest.raises(redis.AuthenticationError), redis.Redis(port=services.valkey.port) as client:
        client.ping()
