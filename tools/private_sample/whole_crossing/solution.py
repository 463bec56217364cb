def crossing(counts, one, other):
    """From how many photos on `one` errs less: three arrays (K,) -> a number."""
    gap = np.asarray(one) - np.asarray(other)
    if gap[-1] >= 0:
        return 0
    behind = np.flatnonzero(gap >= 0)
    if not len(behind):
        return counts[0]
    i = behind[-1]
    share = gap[i] / (gap[i] - gap[i + 1])
    return np.exp(np.interp(share, [0, 1], np.log(counts[i : i + 2])))
