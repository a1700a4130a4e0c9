"""The bot's own records: what was asked and answered, what people said of it, which events were seen.

They live in a file of their own beside the store, so that an ingest and the bot never wait for each other.
"""
