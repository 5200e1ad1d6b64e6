"""The steps of a call, one file each: what entering it does, and what it makes of the events that reach it.

A step writes into the turn and touches nothing else. `advance` says which event reaches which step.
"""
