"""The servers of one checkout: installed, started, watched and stopped by bin/run and bin/test.

Needs nothing but Python's own library, because it runs before anything is installed.
"""
