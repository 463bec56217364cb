photo = unseen[12]
lab = to_lab(photo)
true_ab = lab[..., 1:]
metric = "PSNR"
turn = np.radians(-70)
better_ab = true_ab @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
worse_ab = true_ab.copy()
worse_ab[90:150, 90:150] = (-60, 60)  # a green patch
shown = [to_rgb(lab, ab) for ab in (true_ab, better_ab, worse_ab)]
numbers = [
    f"{name}: {metrics.psnr(photo, rgb):.1f} dB" for name, rgb in zip("AB", shown[1:], strict=True)
]
figure = figures.photo_grid([shown], ["true", *numbers])
text = """Photo A shows the balls of wool in another colour that wool may well have, and every
thread has a colour that fits its neighbours. Photo B keeps the true colours, but somebody
seems to have put a green square of paper on it. People call B broken at once and would
hardly question A. PSNR prefers B. It takes the squared error of each pixel in red, green
and blue and averages over all pixels, wherever they are. In A every coloured pixel is
off; in B only one pixel in eighteen is, and the mean forgets that all of them lie in one
place, with sharp edges that no thing in the photo has. The loss and AuC average over
pixels in the same way and fall for it, too. A test in which people choose the real one of
two photos would not."""
