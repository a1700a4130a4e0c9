"""How outcomes look: pure functions from answers to text for a terminal and to records for JSON."""
