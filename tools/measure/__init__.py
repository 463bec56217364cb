"""Measuring: speed, memory, quality; the results page is made from what these write."""
