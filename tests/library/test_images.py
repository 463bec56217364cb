import contextlib
import os
import struct
import subprocess
import sys
import textwrap
import tracemalloc
import warnings
import zlib

import numpy as np
import pytest
import skimage.data
from PIL import Image, ImageCms

from colorlib.files import UserError
from colorlib.images import (
    MAX_PIXELS,
    as_photo,
    center_square,
    find_photos,
    montage,
    read_photo,
    write_photo,
)


@pytest.fixture(autouse=True)
def no_noise():
    with warnings.catch_warnings(record=True, action="always") as noise:
        yield
    assert not noise


@pytest.fixture
def photo():
    return Image.fromarray(skimage.data.astronaut()).resize((96, 64))


def levels_apart(image, other):
    return np.abs(np.asarray(image, int) - np.asarray(other, int)).mean()


def colors(path):
    image = read_photo(path)
    return image.mode, [image.getpixel((x, 0)) for x in range(image.width)]


@pytest.mark.parametrize("suffix", ["png", "tif", "bmp", "jpg", "webp"])
def test_common_formats(tmp_path, photo, suffix):
    photo.save(tmp_path / f"a.{suffix}", quality=95)
    image = read_photo(tmp_path / f"a.{suffix}")
    assert (image.mode, image.size) == ("RGB", photo.size)
    assert levels_apart(image, photo) < (4 if suffix in ("jpg", "webp") else 1e-9)


def test_the_content_counts_not_the_suffix(tmp_path, photo):
    photo.save(tmp_path / "really_png.jpg", "PNG")
    assert levels_apart(read_photo(tmp_path / "really_png.jpg"), photo) == 0


def test_first_frame_of_a_gif(tmp_path):
    frames = [Image.new("RGB", (5, 4), color) for color in ("red", "lime", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert colors(tmp_path / "a.gif") == ("RGB", [(255, 0, 0)] * 5)


def test_two_picture_jpeg_of_a_phone(tmp_path, photo):
    photo.save(tmp_path / "a.jpg", "MPO", save_all=True, append_images=[photo.rotate(180)])
    assert levels_apart(read_photo(tmp_path / "a.jpg"), photo) < 10


def test_a_second_view_of_a_stereo_photo_is_named_and_a_preview_is_not(tmp_path, photo):
    photo.save(tmp_path / "a.jpg", "MPO", save_all=True, append_images=[photo.rotate(180)])
    assert "passed_over" not in read_photo(tmp_path / "a.jpg").info
    whole = bytearray((tmp_path / "a.jpg").read_bytes())
    kinds = whole.index(struct.pack("<L", 0x030000), whole.index(b"\x02\xb0"))
    second = kinds + 16
    whole[second : second + 4] = struct.pack("<L", 0x020002)
    (tmp_path / "a.jpg").write_bytes(whole)
    assert "further pages or frames" in read_photo(tmp_path / "a.jpg").info["passed_over"]


def test_cmyk_jpeg(tmp_path, photo):
    photo.convert("CMYK").save(tmp_path / "a.jpg", quality=95)
    image = read_photo(tmp_path / "a.jpg")
    assert image.mode == "RGB"
    assert levels_apart(image, photo) < 4


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_turns_the_photo_upright(tmp_path, photo, orientation):
    stored = {  # how a camera that is held so stores an upright photo
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = photo.transpose(stored[orientation]) if orientation in stored else photo
    image.save(tmp_path / "a.png", exif=exif)
    assert levels_apart(read_photo(tmp_path / "a.png"), photo) == 0


def test_broken_exif_is_ignored(tmp_path, photo):
    photo.save(tmp_path / "a.jpg", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff not EXIF", quality=95)
    assert levels_apart(read_photo(tmp_path / "a.jpg"), photo) < 4


def test_palette_with_and_without_transparency(tmp_path):
    image = Image.new("P", (3, 1))
    image.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255])
    image.putdata([0, 1, 2])
    image.save(tmp_path / "opaque.png")
    image.save(tmp_path / "clear.png", transparency=1)
    assert colors(tmp_path / "opaque.png") == ("RGB", [(255, 0, 0), (0, 255, 0), (0, 0, 255)])
    mode, pixels = colors(tmp_path / "clear.png")
    assert mode == "RGBA"
    assert pixels[0] == (255, 0, 0, 255) and pixels[1][3] == 0


def test_transparency_is_kept_where_there_is_any(tmp_path):
    Image.new("RGBA", (2, 1), (10, 20, 30, 40)).save(tmp_path / "a.png")
    Image.new("RGBA", (2, 1), (10, 20, 30, 255)).save(tmp_path / "b.png")
    Image.new("LA", (2, 1), (10, 40)).save(tmp_path / "c.png")
    assert colors(tmp_path / "a.png") == ("RGBA", [(10, 20, 30, 40)] * 2)
    assert colors(tmp_path / "b.png") == ("RGB", [(10, 20, 30)] * 2)
    assert colors(tmp_path / "c.png") == ("RGBA", [(10, 10, 10, 40)] * 2)


def test_grey_and_black_and_white(tmp_path):
    Image.new("L", (1, 1), 77).save(tmp_path / "grey.png")
    Image.new("1", (1, 1), 1).save(tmp_path / "white.png")
    assert colors(tmp_path / "grey.png") == ("RGB", [(77, 77, 77)])
    assert colors(tmp_path / "white.png") == ("RGB", [(255, 255, 255)])


@pytest.mark.parametrize(
    ("suffix", "dtype", "values"),
    [
        ("png", "uint16", [0, 257 * 100, 65535]),
        ("tif", "uint16", [0, 257 * 100, 65535]),
        ("tif", "int32", [0, 257 * 100, 65535]),
        ("tif", "float32", [0, 100 / 255, 1]),
        ("tif", "float32", [-3, 100, 255]),
        ("tif", "float32", [np.nan, 100 / 255, 1.2]),
    ],
)
def test_deep_grey_is_scaled_not_clipped(tmp_path, suffix, dtype, values):
    Image.fromarray(np.array([values], dtype)).save(tmp_path / f"a.{suffix}")
    assert colors(tmp_path / f"a.{suffix}") == ("RGB", [(v, v, v) for v in (0, 100, 255)])


def tiff(values, bits, photometric=1, extra=()):
    """A grey TIFF's bytes, one strip, little-endian; Pillow cannot write every kind."""
    height, width = values.shape
    if bits == 12:
        pairs = values.reshape(-1, 2).astype(int)  # two pixels in three bytes
        strip = b"".join(struct.pack(">I", a << 12 | b)[1:] for a, b in pairs)
    else:
        strip = values.astype(f"<u{bits // 8}").tobytes()
    entries = [
        *((256, 3, width), (257, 3, height), (258, 3, bits), (259, 3, 1), (262, 3, photometric)),
        *((273, 4, 0), (277, 3, 1), (278, 4, height), (279, 4, len(strip)), *extra),
    ]
    start = 8 + 2 + 12 * len(entries) + 4
    body = b"".join(
        struct.pack("<HHII", tag, kind, 1, start if tag == 273 else value)
        for tag, kind, value in sorted(entries)
    )
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + body + bytes(4) + strip


@pytest.mark.parametrize(
    ("bits", "photometric", "values"),
    [
        (12, 1, [[0, 1606, 4095, 4095]]),
        (16, 1, [[0, 25700, 65535, 65535]]),
        (16, 0, [[65535, 39835, 0, 0]]),
        (8, 1, [[0, 100, 255, 255]]),
        (8, 0, [[255, 155, 0, 0]]),
    ],
)
def test_deep_and_negative_tiffs_look_as_they_are_meant(tmp_path, bits, photometric, values):
    (tmp_path / "a.tif").write_bytes(tiff(np.array(values), bits, photometric))
    assert colors(tmp_path / "a.tif") == ("RGB", [(v, v, v) for v in (0, 100, 255, 255)])
    with Image.open(tmp_path / "a.tif") as image:
        assert np.array_equal(as_photo(image), read_photo(tmp_path / "a.tif"))


@pytest.mark.parametrize(("kind", "peak"), [("float32", 1), ("float32", 255), ("int32", 100)])
def test_what_is_far_below_black_is_refused_in_words(tmp_path, kind, peak):
    Image.fromarray(np.array([[-peak, peak]], kind)).save(tmp_path / "a.tif")
    assert f"go from -{peak} to {peak}, and nothing says which" in refusal(tmp_path / "a.tif")
    Image.fromarray(np.array([[-0.01, 1]], "float32")).save(tmp_path / "a.tif")  # sharpened
    assert colors(tmp_path / "a.tif")[1] == [(0, 0, 0), (255, 255, 255)]


@pytest.mark.parametrize("peak", [1.6, 20.0, 900.0, 1e9])
def test_floats_of_an_unknown_white_are_refused_in_words(tmp_path, peak):
    Image.fromarray(np.array([[0, peak]], "float32")).save(tmp_path / "a.tif")
    assert "nothing says which value is white" in refusal(tmp_path / "a.tif")
    with pytest.raises(UserError, match="8 or 16 bits"):
        as_photo(Image.fromarray(np.array([[0, peak]], "float32")))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_both_doors_show_the_same_pixels(tmp_path, photo, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo.save(tmp_path / "a.jpg", exif=exif)
    with Image.open(tmp_path / "a.jpg") as image:
        size = image.size
        assert np.array_equal(as_photo(image), read_photo(tmp_path / "a.jpg"))
        assert image.size == size, "the given image is not changed"
    deep = Image.fromarray(np.array([[0, 25700, 65535]], "uint16"))
    deep.save(tmp_path / "deep.png")
    assert np.array_equal(as_photo(deep), read_photo(tmp_path / "deep.png"))


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
def test_words_are_kept_and_the_place_is_not(tmp_path, photo, suffix):
    exif = Image.Exif()
    exif[0x013B], exif[0x8298], exif[0x0132] = "Ann Lee", "(c) Ann Lee", "1932:05:01 12:00:00"
    exif.get_ifd(0x8769)[0x9003] = "1932:05:01 11:00:00"
    exif.get_ifd(0x8825)[1], exif.get_ifd(0x8825)[2] = "N", (52.0, 30.0, 0.0)
    photo.save(tmp_path / "a.jpg", exif=exif, dpi=(300, 300))
    write_photo(read_photo(tmp_path / "a.jpg"), tmp_path / f"b.{suffix}")
    with Image.open(tmp_path / f"b.{suffix}") as image:
        kept = image.getexif()
        assert (kept[0x013B], kept[0x8298]) == ("Ann Lee", "(c) Ann Lee")
        assert kept[0x0132] == "1932:05:01 12:00:00"
        if suffix != "tif":
            assert kept.get_ifd(0x8769)[0x9003] == "1932:05:01 11:00:00"
        assert not kept.get_ifd(0x8825), "where it was taken is nobody's business"
        assert kept.get(0x0112, 1) == 1
        if suffix != "webp":
            assert round(image.info["dpi"][0]) == 300


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
@pytest.mark.parametrize("said", ["© José".encode("latin-1"), "© José 写真".encode()])
def test_words_keep_signs_beyond_ascii(tmp_path, photo, suffix, said):
    exif = Image.Exif()
    exif[0x013B], exif[0x8298] = said, said
    photo.save(tmp_path / "a.jpg", exif=exif)
    write_photo(read_photo(tmp_path / "a.jpg"), tmp_path / f"b.{suffix}")
    with Image.open(tmp_path / f"b.{suffix}") as image:
        kept = image.getexif()
        assert [kept[tag].encode("latin-1") for tag in (0x013B, 0x8298)] == [said, said]


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
def test_odd_words_cost_themselves_and_not_the_photo(tmp_path, photo, suffix):
    exif = Image.Exif()
    exif[0x010E], exif[0x013B] = "x" * 70_000, "Ann Lee"
    photo.save(tmp_path / "long.png", exif=exif)
    photo.save(tmp_path / "a.tif", dpi=(300, 300))
    whole, names = (tmp_path / "a.tif").read_bytes(), ["long.png"]
    for ratio in ((0, 0), (1, 0), (2**32 - 1, 1)):  # of dots to the inch
        names.append(f"{ratio[0]}.tif")
        odd = whole.replace(struct.pack("<II", 300, 1), struct.pack("<II", *ratio))
        (tmp_path / names[-1]).write_bytes(odd)
    for name in names:
        write_photo(read_photo(tmp_path / name), tmp_path / f"b.{suffix}")
        assert levels_apart(read_photo(tmp_path / f"b.{suffix}"), photo) < 4
        with Image.open(tmp_path / f"b.{suffix}") as image:
            assert image.info.get("dpi", (1, 1))[0] < 2**16
            assert name != "long.png" or image.getexif()[0x013B] == "Ann Lee"
    odd = photo.copy()
    odd.info["dpi"] = (1e30, 1e30)
    with contextlib.suppress(UserError):
        write_photo(odd, tmp_path / f"c.{suffix}")


def test_both_doors_turn_a_photo_whose_exif_cannot_be_written_again(tmp_path, photo):
    entries = struct.pack("<HHII", 0x0112, 3, 1, 6) + struct.pack("<HHIf", 0x013B, 11, 1, np.nan)
    exif = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 2) + entries + bytes(4)
    photo.save(tmp_path / "a.jpg", exif=exif)
    with Image.open(tmp_path / "a.jpg") as image:
        assert as_photo(image).size == (photo.height, photo.width)
        assert np.array_equal(as_photo(image), read_photo(tmp_path / "a.jpg"))


def test_a_raw_file_by_another_name_is_not_its_preview(tmp_path):
    values = np.array([[0, 100, 255, 255]])
    (tmp_path / "dng.tif").write_bytes(tiff(values, 8, extra=[(254, 4, 1)]))
    assert "begins with a preview" in refusal(tmp_path / "dng.tif")


def test_a_heic_or_a_float_tiff_is_not_told_to_be_a_jpeg_or_tiff(tmp_path):
    (tmp_path / "phone.jpg").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(1000))
    assert "whatever its name says; save a copy as JPEG" in refusal(tmp_path / "phone.jpg")


def test_a_file_that_grows_is_read_to_the_length_that_was_looked_at(tmp_path, photo, monkeypatch):
    photo.save(tmp_path / "a.png")
    stat, length = os.fstat, (tmp_path / "a.png").stat().st_size

    def growing(number):
        found = stat(number)
        with open(tmp_path / "a.png", "ab") as file:
            file.truncate(50_000_000)
        return found

    monkeypatch.setattr(os, "fstat", growing)
    tracemalloc.start()
    assert levels_apart(read_photo(tmp_path / "a.png"), photo) == 0
    assert length < tracemalloc.get_traced_memory()[1] < 20e6
    tracemalloc.stop()


def test_what_promises_a_photo_and_is_none_is_passed_over_with_a_reason(tmp_path, photo):
    photo.save(tmp_path / "a.jpg")
    photo.save(tmp_path / "b.jfif", format="JPEG")
    photo.save(tmp_path / "c.avif")
    photo.save(tmp_path / "g.jpe", format="JPEG")
    for name in ("d.HEIC", "e.nef", "scan.pdf", "notes.txt", "h.jpg ", "i.PNG."):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "f.jpg").write_bytes((tmp_path / "a.jpg").read_bytes())
    (tmp_path / "album").mkdir()
    (tmp_path / "album" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "album" / "loop").symlink_to(tmp_path)
    passed_over = {}
    found = find_photos(tmp_path, passed_over)
    assert [path.name for path in found] == ["a.jpg", "b.jfif", "c.avif", "f.jpg", "g.jpe"]
    passed = {"d.HEIC", "e.nef", "scan.pdf", "link", "loop", "h.jpg ", "i.PNG."}
    assert {path.name for path in passed_over} == passed
    assert "save a copy as JPEG" in passed_over[tmp_path / "d.HEIC"]
    assert all(read_photo(path).size == photo.size for path in found)
    assert "save a copy" in refusal(tmp_path / "e.nef")


def test_a_pipe_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "x.jpg")
    assert "no regular file" in refusal(tmp_path / "x.jpg")


@pytest.mark.parametrize("name", ["x" * 246 + ".png", "ä" * 123 + ".png", "写" * 83 + ".png"])
def test_the_longest_names_can_be_written(tmp_path, photo, name):
    write_photo(photo, tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def chunk(kind, content):
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def png(width, height, bit_depth, color_type, data=b"", extra=b""):
    """A PNG file's bytes; Pillow cannot write every kind."""
    header = struct.pack(">IIBBBBB", width, height, bit_depth, color_type, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + extra
        + chunk(b"IDAT", zlib.compress(data))
        + chunk(b"IEND", b"")
    )


def test_deep_color_and_deep_alpha(tmp_path):
    pixel = struct.pack(">4H", 65535, 257 * 100, 0, 257 * 50)
    (tmp_path / "rgb.png").write_bytes(png(1, 1, 16, 2, b"\0" + pixel[:6]))
    (tmp_path / "rgba.png").write_bytes(png(1, 1, 16, 6, b"\0" + pixel))
    assert colors(tmp_path / "rgb.png") == ("RGB", [(255, 100, 0)])
    assert colors(tmp_path / "rgba.png") == ("RGBA", [(255, 100, 0, 50)])


@pytest.mark.parametrize(
    ("bits", "color_type", "row", "clear"),
    [
        (16, 0, struct.pack(">3H", 0, 25701, 25700), [25700]),
        (16, 2, struct.pack(">9H", *[0] * 3, *[257 * 99] * 3, 65535, 300, 0), [65535, 300, 0]),
        (8, 0, bytes([3, 0, 1]), [1]),
        (8, 2, bytes([9, 9, 9, 8, 8, 8, 9, 8, 7]), [9, 8, 7]),
        (4, 0, bytes([0x31, 0x20]), [2]),
        (2, 0, bytes([0b11000100]), [1]),
    ],
)
def test_the_one_clear_color_counts_in_the_bits_of_the_file(tmp_path, bits, color_type, row, clear):
    clear = chunk(b"tRNS", struct.pack(f">{len(clear)}H", *clear))
    (tmp_path / "a.png").write_bytes(png(3, 1, bits, color_type, b"\0" + row, clear))
    photo = read_photo(tmp_path / "a.png")
    assert np.asarray(photo)[0, :, 3].tolist() == [255, 255, 0]
    with Image.open(tmp_path / "a.png") as image:
        assert np.array_equal(as_photo(image), photo)


@pytest.mark.parametrize(
    ("gamma", "more", "value"),
    [(1.0, b"", 127), (1.0, chunk(b"sRGB", b"\0"), 55), (0.45455, b"", 55), (0.0, b"", 55)],
)
def test_a_png_may_say_how_bright_it_is(tmp_path, gamma, more, value):
    """Half the light of white, stored as it is, is (0.5)^(1/2.2) for a screen."""
    extra = chunk(b"gAMA", struct.pack(">I", round(100_000 * gamma))) + more
    (tmp_path / "a.png").write_bytes(png(3, 1, 8, 0, bytes([0, 0, 55, 255]), extra))
    assert colors(tmp_path / "a.png") == ("RGB", [(v, v, v) for v in (0, value, 255)])
    with Image.open(tmp_path / "a.png") as image:
        assert np.array_equal(as_photo(image), read_photo(tmp_path / "a.png"))


def test_a_large_profile_or_note_is_no_damage(tmp_path):
    packed = zlib.compress(red_and_blue_swapped() + bytes(2_000_000))
    for kind, head in ((b"iCCP", b"x\0\0"), (b"zTXt", b"Comment\0\0")):
        (tmp_path / "a.png").write_bytes(png(1, 1, 8, 2, bytes(4), chunk(kind, head + packed)))
        assert colors(tmp_path / "a.png") == ("RGB", [(0, 0, 0)])


def red_and_blue_swapped():
    """An ICC profile by which red means blue: sRGB's with two tags exchanged."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = profile.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ")
    return swapped.replace(b"????", b"bXYZ")


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_profile_is_converted_to_srgb(tmp_path, mode):
    image = Image.new("RGB", (2, 2), (204, 51, 51)).convert(mode)
    if mode == "RGBA":
        image.putalpha(128)
    image.save(tmp_path / "a.png", icc_profile=red_and_blue_swapped())
    pixel = read_photo(tmp_path / "a.png").getpixel((0, 0))
    assert np.abs(np.subtract(pixel[:3], (51, 51, 204))).max() <= 3
    assert pixel[3:] == ((128,) if mode == "RGBA" else ())


@pytest.mark.parametrize("profile", [b"no profile at all", red_and_blue_swapped()[:200]])
def test_a_broken_profile_is_ignored(tmp_path, photo, profile):
    photo.save(tmp_path / "a.png", icc_profile=profile)
    assert levels_apart(read_photo(tmp_path / "a.png"), photo) == 0


def test_a_profile_of_another_kind_is_ignored(tmp_path, photo):
    photo.convert("L").save(tmp_path / "a.png", icc_profile=red_and_blue_swapped())
    assert levels_apart(read_photo(tmp_path / "a.png"), photo.convert("L").convert("RGB")) == 0


def test_the_old_profile_does_not_go_into_the_new_file(tmp_path, photo):
    photo.save(tmp_path / "a.png", icc_profile=red_and_blue_swapped())
    write_photo(read_photo(tmp_path / "a.png"), tmp_path / "b.png")
    with Image.open(tmp_path / "b.png") as image:
        assert "icc_profile" not in image.info


@pytest.mark.parametrize("size", [(1, 1), (10_000, 8), (8, 10_000)])
def test_odd_sizes(tmp_path, size):
    Image.new("RGB", size, "teal").save(tmp_path / "a.png")
    assert read_photo(tmp_path / "a.png").size == size


def refusal(path):
    with pytest.raises(UserError) as error:
        read_photo(path)
    message = str(error.value)
    assert message.startswith(f"{path}: ") and "\n" not in message
    return message


@pytest.mark.parametrize("bits", [8, 16])
def test_signed_numbers_are_refused_and_not_half_dark(tmp_path, bits):
    (tmp_path / "a.tif").write_bytes(tiff(np.array([[0, 100]]), bits, extra=[(339, 3, 2)]))
    assert "signed numbers" in refusal(tmp_path / "a.tif")


def test_what_cannot_be_read_says_why(tmp_path, photo):
    (tmp_path / "zero.jpg").touch()
    (tmp_path / "text.jpg").write_text("Dear diary")
    (tmp_path / "page.svg").write_text("<svg/>")
    photo.save(tmp_path / "whole.jpg")
    photo.save(tmp_path / "whole.png")
    for name in ("whole.jpg", "whole.png"):
        content = (tmp_path / name).read_bytes()
        (tmp_path / f"cut_{name}").write_bytes(content[: len(content) // 2])
    assert "No such file" in refusal(tmp_path / "missing.jpg")
    assert "is a folder" in refusal(tmp_path)
    assert "empty (0 bytes)" in refusal(tmp_path / "zero.jpg")
    assert "no photo" in refusal(tmp_path / "text.jpg")
    assert "no photo" in refusal(tmp_path / "page.svg")
    assert "cut short" in refusal(tmp_path / "cut_whole.jpg")
    assert "cut short" in refusal(tmp_path / "cut_whole.png")


def test_a_length_that_damaged_bytes_promise_takes_no_memory(tmp_path):
    whole = png(24, 16, 8, 2, bytes(16 * (1 + 3 * 24)))
    place = whole.index(b"IDAT") - 4
    (tmp_path / "odd.png").write_bytes(whole[:place] + b"\x7f\xff\xff\xff" + whole[place + 4 :])
    tracemalloc.start()
    assert read_photo(tmp_path / "odd.png").size == (24, 16)
    assert tracemalloc.get_traced_memory()[1] < 20e6
    tracemalloc.stop()


def test_a_file_beyond_all_reason_is_not_read(tmp_path):
    with open(tmp_path / "film.jpg", "wb") as file:
        file.truncate(3_000_000_000)  # of holes: it takes no place on the disk
    assert "more than 1 GB" in refusal(tmp_path / "film.jpg")


@pytest.mark.parametrize("width", [10_001, 20_000, 100_000])
def test_a_bomb_is_refused_by_its_header(tmp_path, width):
    assert MAX_PIXELS == 10_000 * 10_000
    (tmp_path / "bomb.png").write_bytes(png(width, 10_000, 8, 2))
    assert "100 megapixels" in refusal(tmp_path / "bomb.png")


def test_one_endless_row_is_refused_by_its_header(tmp_path):
    """Rows are computed whole: such a one of 100 kB would take ten gigabytes."""
    (tmp_path / "row.png").write_bytes(png(100_001, 1, 8, 2))
    assert "more than 100000 pixels a side" in refusal(tmp_path / "row.png")


def test_pillow_does_not_warn_of_large_photos(tmp_path, photo, monkeypatch):
    photo.save(tmp_path / "a.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", photo.width * photo.height - 1)
    assert read_photo(tmp_path / "a.png").size == photo.size


def test_unreadable_permissions(tmp_path, photo):
    photo.save(tmp_path / "a.png")
    (tmp_path / "a.png").chmod(0)
    code = """
        import os, sys
        from pathlib import Path
        from colorlib.files import UserError
        from colorlib.images import find_photos, read_photo
        if os.getuid() == 0:
            os.setuid(65534)
        for what, path in ((read_photo, "a.png"), (find_photos, "locked")):
            try:
                what(Path(sys.argv[1], path))
            except UserError as error:
                print(error)
        """
    (tmp_path / "locked").mkdir(mode=0)
    child = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    (tmp_path / "locked").chmod(0o700)
    lines = child.stdout.splitlines()
    assert len(lines) == 2
    assert all("cannot be opened (Permission denied)" in line for line in lines)


@pytest.mark.parametrize("suffix", ["png", "tif", "tiff", "PNG"])
def test_lossless_formats_return_every_pixel(tmp_path, photo, suffix):
    write_photo(photo, tmp_path / f"a.{suffix}")
    assert levels_apart(read_photo(tmp_path / f"a.{suffix}"), photo) == 0


def test_jpeg_keeps_the_color_of_every_pixel(tmp_path):
    stripes = Image.fromarray(np.uint8([[[200, 40, 40], [40, 40, 200]] * 16] * 32))
    write_photo(stripes, tmp_path / "a.jpg")
    assert levels_apart(read_photo(tmp_path / "a.jpg"), stripes) < 4  # about 50 with 4:2:0


@pytest.mark.parametrize("suffix", ["png", "tif", "webp"])
def test_transparency_is_written(tmp_path, photo, suffix):
    photo.putalpha(Image.linear_gradient("L").resize(photo.size))
    write_photo(photo, tmp_path / f"a.{suffix}")
    image = read_photo(tmp_path / f"a.{suffix}")
    assert image.mode == "RGBA"
    assert levels_apart(image.getchannel("A"), photo.getchannel("A")) == 0


@pytest.mark.parametrize(
    ("name", "mode", "size", "reason"),
    [
        ("a.jpg", "RGBA", (2, 2), "no transparency"),
        ("a.gif", "RGB", (2, 2), "not written as '.gif'"),
        ("a", "RGB", (2, 2), "not written as ''"),
        ("a.jpg", "RGB", (70_000, 1), "use .png"),
        ("a.webp", "RGB", (17_000, 1), "use .png"),
        ("file/a.png", "RGB", (2, 2), "cannot be written"),
    ],
)
def test_what_cannot_be_written_says_why(tmp_path, name, mode, size, reason):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match=r"^[^\n]+$") as error:
        write_photo(Image.new(mode, size), tmp_path / name)
    assert reason in str(error.value)
    assert os.listdir(tmp_path) == ["file"]


def test_find_photos(tmp_path):
    names = ["b.jpg", "a.PNG", "sub/c.webp", "sub/deep/d.TIFF", ".hidden.jpg", ".trash/e.jpg",
             "notes.txt", "odd"]  # fmt: skip
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = [tmp_path / name for name in ("a.PNG", "b.jpg", "sub/c.webp", "sub/deep/d.TIFF")]
    assert find_photos(tmp_path) == found
    assert find_photos(str(tmp_path)) == found
    assert find_photos([tmp_path / "odd", tmp_path / "sub", tmp_path]) == [
        tmp_path / "odd", *found[2:], *found[:2]
    ]  # fmt: skip


def test_find_photos_finds_nothing(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "a.txt").touch()
    for name, reason in (
        ("missing", "No such file"),
        ("empty", "is empty"),
        ("text", "none of its 1 files is a photo"),
    ):
        with pytest.raises(UserError, match=reason):
            find_photos([tmp_path / name])


def test_a_folder_of_heic_alone_says_so(tmp_path):
    (tmp_path / "a.heic").write_bytes(b"x")
    with pytest.raises(
        UserError, match=r"none of its 1 files is a photo \(.heic files are not read"
    ):
        find_photos(tmp_path)


def test_center_square_takes_the_middle(photo):
    square = center_square(photo, 64)
    assert levels_apart(square, photo.crop((16, 0, 80, 64))) == 0
    assert center_square(photo.transpose(Image.Transpose.ROTATE_90), 32).size == (32, 32)
    assert center_square(Image.new("RGB", (1, 1), "red"), 8).getpixel((7, 7)) == (255, 0, 0)


def test_center_square_resizes_with_lanczos(photo):
    expected = photo.crop((16, 0, 80, 64)).resize((24, 24), Image.Resampling.LANCZOS)
    assert levels_apart(center_square(photo, 24), expected) == 0


def test_center_square_lays_transparency_on_white():
    clear = Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    half = Image.new("RGBA", (4, 4), (0, 0, 0, 128))
    assert center_square(clear, 2).getpixel((0, 0)) == (255, 255, 255)
    assert center_square(half, 2).getpixel((0, 0)) == (127, 127, 127)


def test_montage_lays_rows_from_the_top():
    one, two, three, four = (np.full((2, 3, 3), value, "uint8") for value in range(4))
    sheet = montage([[one, two], np.stack([three, four])])
    assert sheet.shape == (4, 6, 3)
    assert sheet[::2, ::3, 0].tolist() == [[0, 1], [2, 3]]
