def lightness(rgb):
    """L in 0..100 of uint8 colours: (..., 3) -> (...)."""
    codes = np.asarray(rgb) / 255
    light = np.where(codes > 0.04045, ((codes + 0.055) / 1.055) ** 2.4, codes / 12.92)
    y = light @ [0.212671, 0.715160, 0.072169]
    return 116 * np.where(y > 0.008856, np.cbrt(y), 7.787 * y + 16 / 116) - 16
