def source_table(size, down, right):
    """Number of the source pixel of each pixel of a shifted photo: -> int (size, size)."""

    def fold(index):
        return (size - 1) - np.abs((size - 1) - np.abs(index))

    rows, columns = fold(np.arange(size) + down), fold(np.arange(size) + right)
    return rows[:, None] * size + columns[None, :]
