"""The composition root: knows all, known by none; the only place that makes clocks."""
