"""Attacks on a running server, from outside, over raw sockets: one file for each subject."""
