"""The services of one node on two machines, here two folders: each part has a PostgreSQL of its own, and the figures are the same."""
import shutil

from node import EXTRACT, LOS_ANGELES, Node, assert_same_figures, first_rows, recount

ROWS = 300


def test_services_run_apart(workspace):
    names = ("--city", "apart", "--node", "apart-1")
    here, there = Node(workspace / "here", *names), Node(workspace / "there", *names)

    def peers(of, services):
        ports = {"intake": 1, "dispatch": 2, "lifeline": 3, "evaluation": 4, "feedback": 5}
        return [word for name in services for word in ("--peer", f"{name}=127.0.0.1:{of.port_base + ports[name]}")]

    here.options += ["--services", "intake,dispatch,feedback", *peers(there, ["lifeline", "evaluation"])]
    there.options += ["--services", "lifeline,evaluation", *peers(here, ["intake", "dispatch", "feedback"])]
    try:
        first = here.start()
        assert first["services"]["evaluation"]["health"] == "unreachable" and first["services"]["evaluation"]["pid"] is None
        for name in ("tls/ca.crt", "tls/ca.key", "secrets/field.key"):
            (there.folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(here.folder / name, there.folder / name)
        second = there.start()
        assert second["services"]["lifeline"]["pid"] and second["services"]["intake"]["pid"] is None
        assert here.status()["services"]["evaluation"]["health"] == "serving"

        here.run("replay", "--mapping", LOS_ANGELES / "mapping.json", "--limit", ROWS, EXTRACT)
        counted = recount(LOS_ANGELES / "mapping.json", first_rows(ROWS, workspace / "apart.csv"), "department")
        assert_same_figures(here.report("department"), counted)
        assert_same_figures(there.report("department"), counted)

        # A part that is away is missed by nobody but those who ask it; what happens meanwhile reaches it afterwards.
        assert there.stop() == 0
        number = here.run("case", "list", "--limit", "1").stdout.splitlines()[1].split()[0]
        assert number in here.run("case", "show", number).stdout
        there.start()
        assert_same_figures(here.report("department"), counted)
    finally:
        for node in (here, there):
            if node.process:
                node.stop()
    assert not here.left_behind() and not there.left_behind()
