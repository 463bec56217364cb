"""colorlib: how a neural network colourizes a black-and-white photo, in modules one can read.

Each module has one subject and one chapter. Import what you need, such as
`from colorlib.colorizer import Colorizer`; importing `colorlib` alone loads nothing heavy.
"""
