"""How outcomes look in Slack: pure functions from what is shown to Block Kit.

Text that is not ours (documents, titles, questions) stands in rich_text elements, which Slack shows as they
are: no mention, link or formatting in it comes to life.  The fallback text of a message, which Slack does
parse, is escaped.
"""
