assert np.array_equal(source_table(4, 0, 0), np.arange(16).reshape(4, 4)), "no shift, no change"

photo = photos.photos[139][::4, ::4]  # (64, 64, 3)
for down, right in ((0, 7), (-7, 0), (63, -63), (-20, -11)):
    table = np.asarray(source_table(64, down, right))
    assert table.dtype.kind in "iu", "numbers of pixels are whole numbers"
    mirrored = np.pad(photo, ((63, 63), (63, 63), (0, 0)), "reflect")
    expected = mirrored[63 + down :, 63 + right :][:64, :64]
    shifted = photo.reshape(-1, 3)[table]
    assert np.array_equal(shifted, expected), f"a photo shifted by {down} and {right} is wrong"
