assert np.array_equal(source_table(4, 0, 0), np.arange(16).reshape(4, 4)), "no shift, no change"

assert np.asarray(source_table(64, 3, -5)).dtype.kind in "iu", "numbers of pixels are whole numbers"

photo = photos.photos[139][::4, ::4]  # (64, 64, 3)
mirrored = np.pad(photo, ((63, 63), (63, 63), (0, 0)), "reflect")


def is_right(down, right):
    expected = mirrored[63 + down :, 63 + right :][:64, :64]
    return np.array_equal(photo.reshape(-1, 3)[np.asarray(source_table(64, down, right))], expected)


assert is_right(0, 7), "a photo shifted by 0 and 7 is wrong"

assert is_right(-7, 0), "a photo shifted by -7 and 0 is wrong"

for shift in ((63, -63), (-20, -11)):
    assert is_right(*shift), f"a photo shifted by {shift[0]} and {shift[1]} is wrong"
