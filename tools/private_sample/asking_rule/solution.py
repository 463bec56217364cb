def rule(checks, slip, loss):
    """How many misses to forgive, and what share of guessers passes: -> (int, float)."""
    forgiven = 0
    while stats.binom.sf(forgiven, checks, slip) > loss:
        forgiven += 1
    return forgiven, stats.binom.cdf(forgiven, checks, 0.5)
