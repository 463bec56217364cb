numbers = (45, 20, 120, 0.05)
text = """Question: does the answer *vivid* of the kit's U-Net fool people more often than *mean*?
Asked are all students of two courses, about 120, by one message; I do not ask friends. The
page of colorlib survey shows pairs one after the other, a second each, in an order drawn anew for
each person: ten for practice, then 40, twenty about each answer, out of 120 photos that no network
has seen, and eight obvious ones. Left out, before I look at any share: files that the program
refuses, second files, people who miss more than one of eight checks, answers within 200 ms. It ends
on Friday of the third week, or when 45 people have sent a file, whichever comes first; nobody looks
at shares before. I report both shares with intervals over people and photos, the difference for
each person with its interval, and how much was left out and why. People read what is recorded and
agree before the first pair; no name is kept, and whoever names the number of their file is taken
out. It will not show whether the colours are right, nor what other people see on old photos."""
