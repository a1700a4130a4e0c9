"""The bot: the command line, and the one place where retrieval and the engine meet."""

__version__ = "0.1.0"
