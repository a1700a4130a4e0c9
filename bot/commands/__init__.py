"""The commands, one module for those that belong together; each is a thin rim around `Workplace`."""
