"""The report: one line a measure, one column a server, and the application's ratio to the bare server."""

from statistics import median

NOTHING = "–"


class Results:
    """Every run's figures, by measure and server; what is shown is their median."""

    def __init__(self):
        self._runs = {}

    def add(self, server, measures):
        """Keep the figures of one run."""
        for name, figure in measures.items():
            self._runs.setdefault(name, {}).setdefault(server, []).append(figure)

    def figure(self, name, server):
        """Return the median of a measure; None when there is none."""
        runs = self._runs.get(name, {}).get(server)
        return median(runs) if runs else None

    def as_dict(self):
        """Return every figure of every run."""
        return self._runs


def lines(results, measures, servers, *ratios):
    """Return the table as lines of text. measures: names and labels; ratios: pairs of servers, a column each."""
    head = ["", *servers, *(f"{own} : {yardstick}" for own, yardstick in ratios)]
    rows = [
        [label, *_figures(results, name, servers), *(_ratio(results, name, *pair) for pair in ratios)]
        for name, label in measures
    ]
    widths = [max(len(row[place]) for row in [head, *rows]) for place in range(len(head))]
    return [_line(row, widths) for row in [head, ["-" * width for width in widths], *rows]]


def _figures(results, name, servers):
    return [_shown(results.figure(name, server)) for server in servers]


def _ratio(results, name, own, yardstick):
    figures = results.figure(name, own), results.figure(name, yardstick)
    return f"{figures[0] / figures[1]:.2f}" if all(figures) else NOTHING


def _shown(figure):
    if figure is None:
        return NOTHING
    return f"{figure:,.0f}" if figure >= 100 or figure == int(figure) else f"{figure:,.2f}"


def _line(row, widths):
    first, *others = (
        cell.ljust(width) if not place else cell.rjust(width) for place, (cell, width) in _cells(row, widths)
    )
    return "  ".join([first, *others]).rstrip()


def _cells(row, widths):
    return enumerate(zip(row, widths, strict=True))
