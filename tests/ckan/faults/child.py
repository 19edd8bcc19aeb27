"""One publication in a process of its own, to be killed: `child PROXY STATE OUTBOX`, LMIS_CKAN_TOKEN.

As `lmis publish` does it: the job is kept first and taken away when anybody finds what was to be told.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from catalogue.outbox import Outbox
from tests.ckan.faults import publishing


def main(proxy: str, number: str, outbox: str) -> None:
    box = Outbox(Path(outbox))
    job = box.put(int(number))
    wanted = publishing.state(int(number))
    publishing.publish(proxy, os.environ["LMIS_CKAN_TOKEN"], wanted, publishing.Tried(), 30.0)
    box.done(job)


if __name__ == "__main__":
    main(*sys.argv[1:])
