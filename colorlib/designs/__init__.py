"""Every colourizer is one file in this folder and one row of `DESIGNS`.

A row says what a network is told beside lightness, what it answers, and what it is blamed for.
Training, use and measuring know no design by name: whoever adds a row has a network that
`colorlib train -p design NAME` trains. CONTRIBUTING.md leads through it.

Networks take Lab units and logits and return Lab units, or something from which a row's
`decodings` make them: scales are layers inside, so that nobody outside divides by 128.

Chapters: 04_network and those beyond the paper.
"""

import contextlib
import dataclasses
import functools
import operator
from collections.abc import Callable
from typing import NamedTuple, get_args

import keras

from colorlib import losses
from colorlib.designs import (
    baldassarre2017,
    iizuka2016,
    larsson2016,
    paper,
    unet,
    unet_whole,
    zhang2016,
    zhang2017,
)
from colorlib.files import UserError

MOST = 2048  # of any option's number, such as filters: memory grows with their square


@dataclasses.dataclass(frozen=True)
class NoOptions:
    """For a design whose source leaves nothing open."""


def as_it_is(ab):
    """The decoding of a network that answers ab itself."""
    return ab


class Design(NamedTuple):
    """One row of the table.

    Attributes
    ----------
    build : callable
        (options) -> keras.Model from `{"lightness": (B, H, W, 1) in 0..100, **needs}` to the
        network's answer, for any H and W that are multiples of 64. Every layer with weights has
        a name of its own, by which checkpoints know it.
    loss : callable
        (truth, answer) -> () with truth = `{"lightness", "ab" in Lab units, **needs, **targets}`.
    decodings : dict of str to callable
        answer -> ab (B, h, w, 2) in Lab units, in `keras.ops`; the first one is the default.
    needs : tuple of str
        Rows of `inputs.INPUTS` that the network is told beside lightness.
    targets : tuple of str
        Rows that only the loss needs.
    options : type
        Dataclass of what the source leaves open, with a default for each.
    adapt : callable, optional
        (network, photo_set): before training, fill weights that are statistics of the photos.
    follows_edges : bool
        Whether a photo's colours, enlarged, shall have their edges where its lightness has: for
        answers that are much smaller than the network's photos.
    spreads_hints : bool
        Whether its colours are kept to hints, and what they missed there is spread over like
        places, see `colorizer.spread`.
    recipes : dict of str to dict
        For a tier, what its recipe should be for this design, where that differs.
    """

    build: Callable
    loss: Callable = losses.equation_1
    decodings: dict = {"mean": as_it_is}  # noqa: RUF012 (never changed)
    needs: tuple = ()
    targets: tuple = ()
    options: type = NoOptions
    adapt: Callable | None = None
    follows_edges: bool = False
    spreads_hints: bool = False
    recipes: dict = {}  # noqa: RUF012 (never changed)


DESIGNS = {
    "paper": Design(
        paper.build,
        decodings={"mean": paper.smooth},
        needs=("class_scores",),
        options=paper.Options,
    ),
    # The same without class scores: what are they worth?
    "paper_alone": Design(
        functools.partial(paper.build, alone=True),
        decodings={"mean": paper.smooth},
        options=paper.Options,
    ),
    "baldassarre2017": Design(
        baldassarre2017.build, needs=("class_scores",), options=baldassarre2017.Options
    ),
    "larsson2016": Design(
        larsson2016.build,
        larsson2016.loss,
        decodings={"median": larsson2016.median, "mean": larsson2016.mean},
        needs=("features",),
        options=larsson2016.Options,
        recipes=larsson2016.RECIPES,
    ),
    "zhang2016": Design(
        zhang2016.build,
        zhang2016.loss,
        decodings={"vivid": zhang2016.vivid, "mean": zhang2016.mean, "mode": zhang2016.mode},
        options=zhang2016.Options,
        adapt=zhang2016.learn_prior,
        recipes=zhang2016.RECIPES,
    ),
    "iizuka2016": Design(
        iizuka2016.build,
        iizuka2016.loss,
        decodings={"mean": operator.itemgetter("ab")},
        needs=("whole_photo",),
        targets=("class_labels",),
        options=iizuka2016.Options,
        recipes=iizuka2016.RECIPES,
    ),
    "zhang2017": Design(
        zhang2017.build,
        zhang2017.loss,
        decodings={"mean": operator.itemgetter("ab")},
        needs=("hints",),
        options=zhang2017.Options,
        recipes=zhang2017.RECIPES,
    ),
    "unet": Design(
        unet.build,
        unet.loss,
        decodings={"mean": unet.mean, "vivid": unet.vivid},
        needs=("features",),
        options=unet.Options,
        adapt=unet.learn_prior,
        follows_edges=True,
        recipes=unet.RECIPES,
    ),
    "unet_whole": Design(
        unet_whole.build,
        needs=("features",),
        options=unet_whole.Options,
        follows_edges=True,
        recipes=unet_whole.RECIPES,
    ),
}
# Told another photo's palette, too: their global hints.
DESIGNS["zhang2017_palette"] = DESIGNS["zhang2017"]._replace(
    build=functools.partial(zhang2017.build, palette=True), needs=("hints", "palette")
)
# A unet with hints, as in Zhang et al. (2017); it begins best from a trained unet.
DESIGNS["unet_hints"] = DESIGNS["unet"]._replace(
    build=functools.partial(unet.build, hinted=True),
    needs=("features", "hints"),
    spreads_hints=True,
)
# One that is told another photo's palette, as their global hints; it begins from a unet, too.
DESIGNS["unet_palette"] = DESIGNS["unet"]._replace(
    build=functools.partial(unet.build, palette=True), needs=("features", "palette")
)


def design_named(name: str) -> Design:
    """A row of `DESIGNS`.

    Raises
    ------
    UserError
        If there is no such design.
    """
    if not isinstance(name, str) or name not in DESIGNS:
        raise UserError(f"design is {name!r:.80}; choose one of {', '.join(DESIGNS)}")
    return DESIGNS[name]


def options_of(name: str, values: dict):
    """A design's options with some of them chosen.

    Parameters
    ----------
    name : str
        A row of `DESIGNS`.
    values : dict
        Options that differ from the design's own.

    Raises
    ------
    UserError
        If there is no such design or option, or a value is of another kind than the default, no
        choice of the option, or beyond all reason.
    """
    kind = design_named(name).options
    known = {field.name: field for field in dataclasses.fields(kind)}
    chosen = {}
    for option, value in values.items():
        if option not in known:
            raise UserError(
                f"the design {name} has no option {option!r:.80}; "
                + (f"it has {', '.join(known)}" if known else "it has none")
            )
        usual, choices = known[option].default, get_args(known[option].type)
        if isinstance(usual, tuple) and isinstance(value, list):  # as JSON has it
            value = tuple(value)
        if isinstance(usual, float) and type(value) is int and abs(value) <= MOST:
            value = float(value)
        if not _is_like(value, usual) or (choices and value not in choices):
            kind_of = f"one of {', '.join(choices)}" if choices else f"a value like {usual!r}"
            raise UserError(f"the option {option} is {value!r:.80}; it takes {kind_of}")
        chosen[option] = value
    return kind(**chosen)


def _is_like(value, usual):
    """Whether an option's value is of the kind of the usual one, and not beyond all reason."""
    if isinstance(usual, tuple):
        same = isinstance(value, tuple) and len(value) == len(usual)
        shares = type(usual[0]) is float  # to hide, such as dropout
        return same and all(map(_is_like, value, usual)) and not (shares and max(value) >= 1)
    if type(usual) in (int, float):  # whole ones from 1, others from 0
        return type(value) in {int, type(usual)} and int(type(usual) is int) <= value <= MOST
    return type(value) is type(usual)


def build_network(name: str, options: dict | None = None, precision: str = "float32"):
    """Build a design's network, without trained weights.

    Parameters
    ----------
    name : str
        A row of `DESIGNS`.
    options : dict, optional
        See `options_of`.
    precision : str
        Keras dtype policy of the layers; the weights stay float32 under a mixed one.

    Returns
    -------
    keras.Model
        See `Design`.
    """
    with _dtype_policy(precision):
        return design_named(name).build(options_of(name, options or {}))


@contextlib.contextmanager
def _dtype_policy(precision):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
