"""Coded, counted and quoted."""
