"""What classifiers say of a whole set, computed once. Chapter: 03_features."""

from colorlib.extractors import embed, embed_in_files

__all__ = ["embed", "embed_in_files"]
