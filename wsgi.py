"""The application the web server loads. gevent is patched here, before anything else is imported."""

import gc

gc.disable()

from gevent import monkey  # noqa: E402

monkey.patch_all()

from app import create_app  # noqa: E402

app = create_app()

# What was loaded stays for good. To look through it for waste took a tenth of the start, and a moment again and again.
gc.freeze()
gc.enable()
