before, true_ab, results = unet.card["size"], to_lab(some)[..., 1:], {}
for size in (128, 192, 256, 320):
    unet.card["size"] = size
    ab = unet.ab(some)
    chroma = np.hypot(ab[..., 0], ab[..., 1]).mean()
    results[size] = (metrics.squared_error(true_ab, ab), float(chroma))
unet.card["size"] = before
figure, (left, right) = figures.axes(1, 2)
left.plot(list(results), [row[0] for row in results.values()], "o-")
left.set(xlabel="size in pixels", ylabel="loss")
right.plot(list(results), [row[1] for row in results.values()], "o-")
right.set(xlabel="size in pixels", ylabel="mean chroma in Lab units")
text = """The loss changes little around the size of the training and rises for the smallest one,
where parts of things fall into single places of the coarsest map. The mean chroma changes with
the size as well: seen larger, things are recognised with more confidence, or less, than the
classifier is used to. To a friend with small prints I advise the trained size, since larger ones
only enlarge grain. With twelve megapixels a larger size may bring finer edges of colours, at a
price in time that grows with the square. Fourteen photos of 256 pixels cannot show that: above
256 nothing new was there to see, and the differences are smaller than those between two draws of
photos."""
