"""公示: what hangs where from when to when, what is objected to, and the days that count."""
