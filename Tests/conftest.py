import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "EndToEnd"))

from node import EXTRACT, LOS_ANGELES, Node, running_node


@pytest.fixture(scope="session")
def workspace():
    folder = Path(tempfile.mkdtemp(prefix="chengyun-e2e-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def los_angeles(workspace):
    """A node after the bundled replay; CHENGYUN_TEST_NODE names the folder of one that runs already, for trying tests of pages."""
    if folder := os.environ.get("CHENGYUN_TEST_NODE"):
        node = Node(folder)
        node.port_base = node.status()["node"]["port_base"]
        yield node
        return
    with running_node(workspace / "la", "--city", "los-angeles") as node:
        node.first_replay = node.run("replay", "--mapping", LOS_ANGELES / "mapping.json", EXTRACT)
        yield node
