import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "EndToEnd"))

from node import EXTRACT, LOS_ANGELES, Node, running_node
from wire import Stubs, Wire

# The browser's tests come last: they change the replayed city, whose figures the first ones compare with a recount.
ORDER = ["EndToEnd", "Interop", "Browser"]


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: ORDER.index(item.path.parent.name))


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


@pytest.fixture(scope="session")
def stubs(workspace):
    return Stubs(workspace / "stubs")


@pytest.fixture(scope="session")
def wire(los_angeles):
    return Wire(los_angeles)
