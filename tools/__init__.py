"""What builds, checks and measures the kit; never imported by colorlib."""
