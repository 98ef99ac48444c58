"""What the tests' processes see, set before Django reads its settings (loaded by pytest's -p option)."""

import gc
import os
from pathlib import Path

TESTS_LOCAL = Path(__file__).resolve().parent.parent / ".local" / "test"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")

# Cyclic garbage is looked for rarely: at Python's own pace the search takes a fifth of the suite's time.
gc.set_threshold(100_000, 50, 50)

for name in ("DATABASE_URL", "REDIS_URL", "MILEPOST_DEMO", "BASE_URL", "ALLOWED_HOSTS", "STORAGE_URL"):
    os.environ.pop(name, None)

os.environ.update(
    {
        "DEBUG": "1",
        "SECRET_KEY": "only-for-tests-" + "x" * 50,
        "RELAXED_LIMITS": "1",
        "EMAIL_URL": "memory://",
        "LOG_LEVEL": "WARNING",
        "MILEPOST_LOCAL": str(TESTS_LOCAL),
        "MILEPOST_DURABLE": "0",
        "MILEPOST_BROKER_DATABASE": str(int(WORKER) % 16),
    }
)
