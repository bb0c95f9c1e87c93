"""What is promised when a process dies, stands still or comes back, tried with real processes."""
