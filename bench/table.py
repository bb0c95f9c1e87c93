"""The report: a measure in each row, a server in each column, and the application's ratio to the bare server."""

from statistics import median

NOTHING = "–"


class Results:
    """Figures of every run, by measure and server; the report shows their median."""

    def __init__(self):
        self._runs = {}

    def add(self, server, measures):
        """Add the figures of one run."""
        for name, figure in measures.items():
            self._runs.setdefault(name, {}).setdefault(server, []).append(figure)

    def figure(self, name, server):
        """Return the median of a measure, None without any."""
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
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
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
    first, *rest = (
        cell.ljust(width) if not column else cell.rjust(width)
        for column, (cell, width) in _cells(row, widths)
    )
    return "  ".join([first, *rest]).rstrip()


def _cells(row, widths):
    return enumerate(zip(row, widths, strict=True))
