"""What was measured, and what was aimed at."""

# name: (aim, whether more is better)
AIMS = {
    "intake.durable_ratio_to_pgbench": (0.6, True),
    "report_to_dispatched_p99_ms": (250, False),
    "lifeline.readings_ratio_to_copy": (0.3, True),
    "rpc.unary_per_s": (120_000, True),
    "memory.<service>_mb": (60, False),
    "node.healthy_s": (3, False),
    "console.first_view_kb": (2_500, False),
    "console.case_list_p99_ms": (100, False),
    "console.tile_p99_ms": (100, False),
    "console.live_update_p99_ms": (1_000, False),
    "console.pan_fps": (30, True),
}


class Results:
    def __init__(self):
        self.measured = {}
        self.errors = {}

    def add(self, name, value, unit):
        self.measured[name] = (value, unit)
        print(f"BENCH {name} {shown(value)} {unit}", flush=True)

    def fail(self, name, error):
        sentence = " ".join(str(error).split())[:500] or type(error).__name__
        self.errors[name] = sentence
        print(f"BENCH {name} error {sentence}", flush=True)

    def table(self):
        rows = [("benchmark", "measured", "unit", "aim", "")]
        for name, (value, unit) in self.measured.items():
            aim, more = AIMS.get(aim_name(name), (None, None))
            if aim is None:
                rows.append((name, shown(value), unit, "", ""))
                continue
            met = value >= aim if more else value < aim
            rows.append((name, shown(value), unit, f"{'≥' if more else '<'} {aim:,}", "met" if met else "missed"))
        rows += [(name, "error", "", "", "failed") for name in self.errors]
        widths = [max(len(row[column]) for row in rows) for column in range(5)]
        return "\n".join("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip() for row in rows)


def aim_name(name):
    return "memory.<service>_mb" if name.startswith("memory.") else name


def percentile(values, percent):
    """The smallest value that this many per cent do not exceed."""
    if not values:
        raise RuntimeError("nothing was measured")
    return sorted(values)[max(0, -(-len(values) * percent // 100) - 1)]


def shown(value):
    return f"{value:.0f}" if abs(value) >= 1_000 else f"{value:.3g}" if abs(value) < 10 else f"{value:.1f}"
