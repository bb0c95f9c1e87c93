"""Where the certificate that is served stands: `current/server.pem` with `current/server.key`, in the folder for TLS.

`current` is a link: WebAdmin points it at a certificate that somebody has installed, and at first it points at the one
that the authority of this checkout has made.
"""

from pathlib import Path


def current(folder: Path) -> Path:
    """The certificate that is served, by the path that stays the same."""
    link = folder / "current"
    if not (link / "server.pem").exists():
        link.unlink(missing_ok=True)
        link.symlink_to(".")
    return link / "server.pem"
