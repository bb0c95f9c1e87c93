"""Lists of WebAdmin."""
