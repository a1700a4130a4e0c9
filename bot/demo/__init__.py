"""The demo: the production bot in a local workspace, with people, channels and documents to try it on."""
