"""Asks the web process of this container how it is; for health checks, which have no host name to go by."""

import os
import sys
from http.client import HTTPConnection


def main(path: str) -> int:
    port = int(os.environ.get("PORT", "8000"))
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    connection = HTTPConnection("127.0.0.1", port, timeout=4)
    connection.request("GET", path, headers={"Host": host})
    return 0 if connection.getresponse().status == 200 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
