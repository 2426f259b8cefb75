"""Pages of this room: clues with all that hangs on them; applications from the page."""
