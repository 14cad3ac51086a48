"""English sentences with words of two senses, written for this course.

Real models read English, so the senses of the world's words are not enough for them.
Built in notebooks/14_real_bert.ipynb.
"""

from typing import NamedTuple


class Use(NamedTuple):
    """A sentence, the ambiguous word in it, and its sense: "bank/money"."""

    text: str
    word: str
    sense: str


TEXTS = {
    "bank/money": """
        The bank raised its rates again last week.
        She asked the bank for a small loan.
        His savings are safe in a bank account.
        The bank closes early on Fridays.
        Two men were arrested after robbing a bank.
        My cousin works as a clerk at the bank.
        The bank refused to pay for the mistake.
        Every bank in the country uses this software.""",
    "bank/river": """
        We had a picnic on the bank under a willow.
        The bank was muddy after the flood.
        An old boat lay on the far bank.
        He swam across and climbed up the bank.
        Reeds grow thickly along the bank.
        The fisherman sat on the bank all morning.
        The water has washed away part of the bank.
        Deer come down to the bank to drink.""",
    "bat/animal": """
        A bat flew out of the cave at dusk.
        The bat hangs upside down when it sleeps.
        Every bat finds its way by its own echo.
        We saw a small brown bat under the roof.
        The bat eats moths and other insects.
        A baby bat clings to its mother.
        The scientist tagged the wing of a bat.
        There is a bat asleep in the old barn.""",
    "bat/club": """
        He swung the bat and missed the ball.
        The bat broke when he hit the ball.
        She bought a wooden bat for the season.
        Hold the bat with both hands.
        The coach handed a bat to the next player.
        A heavy bat slows down your swing.
        He threw down his bat and ran to first base.
        The boy carries his bat and his glove.""",
    "crane/bird": """
        A crane stood on one leg in the marsh.
        The crane spread its white wings.
        We watched a crane catch a frog.
        The crane flies south before winter.
        A pair of the birds danced, and one crane bowed.
        The nest of the crane holds two eggs.
        In the wet meadow a crane was calling.
        The feathers of the crane are grey.""",
    "crane/machine": """
        The crane lifted the beam onto the roof.
        A crane unloads containers in the harbour.
        The crane operator climbed into the cabin.
        They rented a crane to move the heavy pipes.
        The crane fell onto the building site.
        Steel cables hang from the tall crane.
        The engine of the crane needs oil.
        A yellow crane stands beside the new tower.""",
    "spring/season": """
        The garden is full of flowers in spring.
        Last spring we moved to a new house.
        The trees turn green every spring.
        It was a cold and rainy spring.
        School ends late in the spring.
        In early spring the birds return.
        They plan to marry next spring.
        The snow melts when spring comes.""",
    "spring/coil": """
        The spring in the mattress is broken.
        A steel spring pushes the door shut.
        The watch stopped because its spring had snapped.
        Press the spring down and let it go.
        The weight stretches the spring by an inch.
        He replaced the rusty spring of the trap.
        A spring inside the pen moves the tip.
        The engineer measured how stiff the spring was.""",
    "bark/tree": """
        The bark of the oak is rough and dark.
        Beetles live under the bark.
        The beaver stripped the bark from a branch.
        This tea is made of willow bark.
        He carved a heart into the bark.
        Old pieces of bark covered the forest path.
        The birch has white bark.
        Moss grows on the bark of the trunk.""",
    "bark/dog": """
        The bark of the dog woke the baby.
        We heard a loud bark behind the gate.
        The puppy gave a short bark.
        His bark frightened the postman.
        With one bark the sheepdog turned the flock.
        That deep bark belongs to my terrier.
        The guard dog answered with an angry bark.
        A single bark echoed through the night.""",
    "match/game": """
        The match ended without a goal.
        They won the match in the last minute.
        Our team lost its first match.
        The match was played in the rain.
        Thousands of fans watched the match.
        The referee stopped the match twice.
        She trained hard for the tennis match.
        After the match the players shook hands.""",
    "match/fire": """
        He struck a match and lit the candle.
        The match burned his fingers.
        She held a match to the dry wood.
        There was one match left in the box.
        A wet match does not light.
        Never play with a match near petrol.
        The flame of the match went out.
        He dropped a burning match on the carpet.""",
}


def uses() -> list[Use]:
    """Return all sentences, eight for each of twelve senses of six words."""
    return [
        Use(line.strip(), sense.split("/")[0], sense)
        for sense, lines in TEXTS.items()
        for line in lines.strip().split("\n")
    ]
