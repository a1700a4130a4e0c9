"""Web pages: which there are, fetched politely, into the store.

`addresses` judges addresses, `fetch` gets one page, `visits` minds the manners between them, `pages` decides
which are asked for, `memory` keeps what the next round needs.
"""
