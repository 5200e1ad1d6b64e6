"""Texts: what people mean by them, and what follows."""
