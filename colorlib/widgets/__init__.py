"""What a chapter lets you move by hand: ipywidgets, one module each.

A widget's callback puts JPEG bytes into an `ipywidgets.Image`; so the last state is kept in the
notebook and shown on the site, where no kernel listens.
"""
