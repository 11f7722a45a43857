"""How much memory a process and all that it started hold, read from Linux's /proc."""

from pathlib import Path


def held(process: int) -> tuple[float, float]:
    """(RSS, PSS) in MiB of a process and all its descendants, zeros where /proc is not Linux's."""
    rss = pss = 0.0
    for number in [process, *descendants(process)]:
        try:
            lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()[1:]
        except OSError:  # it has just ended
            continue
        sizes = {line.split()[0]: int(line.split()[1]) / 1024 for line in lines}
        rss, pss = rss + sizes.get("Rss:", 0.0), pss + sizes.get("Pss:", 0.0)
    return rss, pss


def descendants(process: int) -> list[int]:
    """Ids of all processes that it started, and that those started."""
    try:
        tasks = Path(f"/proc/{process}/task").glob("*/children")
        children = [int(child) for task in tasks for child in task.read_text().split()]
    except OSError:
        return []
    return children + [number for child in children for number in descendants(child)]
