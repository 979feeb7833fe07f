"""Measures a real node and prints one line each: BENCH <name> <value> <unit>. Ends with 1 when something could not be measured.

    CHENGYUN_BIN=<folder of the release executables> python Tests/Benchmarks/run.py [--quick] [--only rpc,intake,…]

On a quiet machine: a ratio's two sides run by turns, but everything else that runs is measured with them. docs/performance.md says
what each number means.
"""
import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "EndToEnd")]

import console
import measures
import peers
from node import running_node
from results import Results

# Benchmark: the name that its failure is reported under.
NAMES = {
    "rpc": "rpc.unary_per_s",
    "intake": "intake.durable_ratio_to_pgbench",
    "latency": "report_to_dispatched_p99_ms",
    "lifeline": "lifeline.readings_ratio_to_copy",
    "memory": "memory",
    "healthy": "node.healthy_s",
    "console": "console",
}


def main():
    options = parse()
    results, scale = Results(), measures.Scale(options.quick)
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} before the first measure", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="chengyun-bench-"))
    folder.chmod(0o755)
    try:
        if "rpc" in options.only:
            attempt(results, "rpc", measures.rpc_unary, results, scale, folder)
        if set(options.only) - {"rpc", "console"}:
            attempt(results, "healthy", with_node, options.only, results, scale, folder)
        if "console" in options.only:
            attempt(results, "console", console.measure, results, scale, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\n{results.table()}")
    return 1 if results.errors else 0


def with_node(only, results, scale, folder):
    with running_node(folder / "node", time_zone="Asia/Shanghai") as node:
        with peers.scratch_schema(node):
            if "intake" in only:
                attempt(results, "intake", measures.intake_durable, results, scale, node, folder)
            if "latency" in only:
                attempt(results, "latency", measures.report_to_dispatched, results, scale, node)
            if "lifeline" in only:
                attempt(results, "lifeline", measures.lifeline_readings, results, scale, node, folder)
            if "memory" in only:
                attempt(results, "memory", measures.memory, results, node)
        if "healthy" in only:
            attempt(results, "healthy", measures.healthy, results, scale, node)


def attempt(results, benchmark, measure, *arguments):
    """One that fails does not stop the others."""
    try:
        measure(*arguments)
    except (Exception, AssertionError) as error:
        results.fail(NAMES[benchmark], error)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one short round each: whether it works, not how fast it is")
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(NAMES), metavar=",".join(NAMES))
    options = parser.parse_args()
    if unknown := set(options.only) - set(NAMES):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    return options


if __name__ == "__main__":
    sys.exit(main())
