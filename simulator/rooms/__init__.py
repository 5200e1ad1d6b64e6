"""Conferences and queues: who is in them and who hears whom."""
