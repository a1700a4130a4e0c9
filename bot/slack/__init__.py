"""How Quoth reaches Slack and is reached: clients, posting, Socket Mode, the HTTP entry, the manifest.

But: what is said is decided by the desk and the views.
"""
