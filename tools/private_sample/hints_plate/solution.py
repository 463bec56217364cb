hints_given = [
    (43, 50, "#8a8074"),  # old boards, grey of the weather
    (60, 268, "#4a6a30"),  # grass between the stones
    (97, 198, (1, 2)),  # a white apron: linen that was bleached
    (157, 126, (1, 2)),  # a white blouse
    (99, 101, "#c89878"),  # faces out of doors
    (158, 89, "#c89878"),
    (213, 92, "#c89878"),
]
figure = figures.photo_grid(
    [[plate, network.colorize(plate), network.colorize(plate, hints=hints_given)]],
    ("the plate", "no hints", "mine"),
)
text = """The boards are old and out of doors, so they are a brownish grey; I am rather sure. Apron
and blouse are so light that they can only be white. Faces I took from people I know who work in the
sun, and the grass is summer grass. The dresses I left alone: wool of that time was dyed in every
colour, and nothing in the grey tells which. Now I have looked: one jacket and one dress are bright
red, another dress is violet. A plate that hardly sees red made them dark, and I would have said
black. Caption: three women, about 1909; grass, faces and boards coloured by guesses of a student in
2026, all else by a network."""
