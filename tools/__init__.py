"""What builds, checks and measures the kit; never imported by colorlib."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
