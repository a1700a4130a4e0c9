"""How outcomes look: pure functions to text for a terminal, records for JSON, blocks for Slack."""
