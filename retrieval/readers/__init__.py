"""Readers: from a file's bytes to a Document, in a child process with limits (`pool`).

One module for each format; `formats` says which there are, `registry` holds the readers themselves.
"""
