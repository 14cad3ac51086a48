"""The words of the world: scenes, nouns by type, verbs, adjectives, names.

A **type** (animal, container, sound …) says what a noun can do and what can be done
to it, so that sentences stay plain English: containers are filled, sounds are heard.
A **scene** says which nouns of a type are about. A form that stands in two scenes is
ambiguous, and its scene is its sense. Built in notebooks/00_start_here.ipynb.
"""

SCENES = ("river", "money", "game", "kitchen", "site", "concert", "zoo", "station")

# Scene → type → nouns. "near" and "far" are places: the first and the second landmark.
NOUNS = {
    "river": {
        "human": "ranger farmer sailor",
        "animal": "crane duck frog",
        "vehicle": "boat ferry",
        "tool": "bow paddle rope",
        "plant": "plant bark branch",
        "near": "bank bridge path",
        "far": "spring meadow mill",
    },
    "money": {
        "human": "clerk banker customer",
        "paper": "note letter form",
        "tool": "seal stamp pen",
        "container": "safe drawer envelope",
        "near": "bank branch counter",
        "far": "desk window office",
    },
    "game": {
        "human": "pitcher coach player fan",
        "tool": "bat ball glove",
        "event": "match game race",
        "sound": "cheer whistle",
        "near": "field bench fence",
        "far": "tower gate tent",
    },
    "kitchen": {
        "human": "baker waiter helper",
        "container": "pitcher pot bowl",
        "tool": "match scale spoon",
        "machine": "fan oven mixer",
        "food": "nut cake pie",
        "near": "table stove sink",
        "far": "shelf door cupboard",
    },
    "site": {
        "human": "worker builder painter",
        "machine": "crane drill truck",
        "tool": "spring nut bolt hammer",
        "near": "plant wall tower",
        "far": "gate trench fence",
    },
    "concert": {
        "human": "singer drummer dancer",
        "instrument": "violin piano guitar",
        "sound": "note song tune scale",
        "tool": "bow key string",
        "near": "stage curtain mirror",
        "far": "lamp door balcony",
    },
    "zoo": {
        "human": "keeper visitor guide",
        "animal": "seal bat monkey lion elephant",
        "part": "trunk tail ear",
        "sound": "bark roar",
        "near": "cage pool rock",
        "far": "tree fence path",
    },
    "station": {
        "human": "driver porter guard",
        "vehicle": "coach train taxi",
        "container": "trunk suitcase bag",
        "tool": "key lamp",
        "paper": "ticket map",
        "near": "platform hotel bench",
        "far": "door clock tunnel",
    },
}
# What the world around is called, with its preposition: these words give it away.
SETTINGS = {
    "river": "by the river",
    "money": "at the bank",
    "game": "at the stadium",
    "kitchen": "in the kitchen",
    "site": "at the building site",
    "concert": "in the concert hall",
    "zoo": "at the zoo",
    "station": "at the station",
}
# Nouns that are not counted: no "a", no plural.
UNCOUNTED = {("river", "bark")}
# Types of which one may say "her key".
OWNED = frozenset(["tool", "container", "paper", "instrument", "vehicle"])
# Types that stand somewhere, so that another thing may be near them.
LANDMARKS = ("vehicle", "machine", "animal", "container", "instrument", "plant")
PREPOSITIONS = ("near", "beside", "behind")
# Whose part or sound it is: "the trunk of the elephant", "the bark of the seal".
OWNERS = {
    ("zoo", "part"): "elephant monkey lion",
    ("zoo", "sound"): "seal lion",
    ("concert", "sound"): "singer drummer",
    ("game", "sound"): "fan player",
}
BIRDS = ("crane", "duck")

# Type → neutral adjectives (they say how a thing is, not whether it is good).
ADJECTIVES = {
    "human": "busy tired young old tall quiet hungry",
    "animal": "small big young old hungry quiet",
    "vehicle": "slow fast new old big empty",
    "machine": "loud slow new old big heavy",
    "tool": "heavy new old small clean",
    "container": "empty full heavy new old",
    "paper": "new old long short important",
    "instrument": "loud old new expensive",
    "sound": "loud quiet long short soft",
    "food": "fresh warm cold sweet small",
    "event": "long short quiet",
    "plant": "green dry wet small",
    "part": "long short wet small",
    "place": "clean dark bright old new big small",
}
# Neither can be true if the other is.
OPPOSITES = (
    "empty full",
    "quiet loud",
    "soft loud",
    "young old",
    "new old",
    "long short",
    "small big",
    "slow fast",
    "warm cold",
    "fresh old",
    "dark bright",
    "wet dry",
)
# Adjectives that have a comparative in the world: "older", "bigger".
COMPARED = frozenset(
    "young old tall small big slow fast new loud heavy long short quiet clean dark "
    "bright".split()
)
# Type → evaluations, (good, bad); "" is what may be said of anything.
VALUES = {
    "": ("good great nice wonderful", "bad awful terrible horrible"),
    "human": ("kind friendly helpful", "unkind unfriendly unhelpful"),
    "animal": ("friendly", "unfriendly"),
    "vehicle": ("safe", "unsafe"),
    "machine": ("safe useful", "unsafe useless"),
    "tool": ("useful", "useless"),
    "container": ("useful", "useless"),
    "instrument": ("beautiful", "ugly"),
    "sound": ("pleasant beautiful", "unpleasant ugly"),
    "food": ("pleasant", "unpleasant"),
    "event": ("fair pleasant", "unfair unpleasant"),
    "plant": ("beautiful", "ugly"),
    "part": ("beautiful", "ugly"),
    "paper": ("useful", "useless"),
    "place": ("pleasant safe", "unpleasant unsafe"),
}
FEELINGS = ("happy cheerful lucky glad", "unhappy sad unlucky angry")
LIKES = ("like enjoy love", "dislike hate fear")
# A quality and the types that have it: "the kindness of the guard".
QUALITIES = {
    "human": "kindness quietness",
    "animal": "quietness",
    "place": "darkness brightness",
    "sound": "softness loudness",
    "event": "fairness",
}
# Type → transitive verbs; a second list for "… and VERBs it".
TRANSITIVE = {
    "human": ("help thank watch follow", "greet"),
    "animal": ("watch follow find", "feed photograph"),
    "vehicle": ("stop watch repair", "wash clean"),
    "machine": ("stop repair use", "clean check"),
    "tool": ("carry find need use", "clean keep"),
    "container": ("open fill lift carry", "empty close"),
    "paper": ("find sign carry need", "read copy"),
    "instrument": ("find carry buy", "play tune"),
    "sound": ("hear know remember follow", "record repeat"),
    "food": ("cut buy wash", "eat serve"),
    "event": ("watch follow record", "describe"),
    "plant": ("find touch cut", "keep paint"),
    "part": ("watch touch see", "wash draw"),
    "place": ("watch check paint", "draw describe"),
}
INTRANSITIVE = {
    "human": "wait work rest sit stand",
    "animal": "rest sleep wait sit jump",
    "vehicle": "wait stop turn",
    "machine": "stop turn work",
}
MANNER = {
    "human": "quietly outside again",
    "animal": "quietly outside again",
    "vehicle": "outside again",
    "machine": "slowly again",
}
HYPERNYMS = {
    "human": "person",
    "animal": "animal",
    "vehicle": "vehicle",
    "machine": "machine",
    "container": "container",
    "instrument": "instrument",
    "sound": "sound",
    "event": "event",
}
HEROES = {
    "she": "Anna Clara Emma Julia Mary Nina Florence Victoria",
    "he": "David George Henry Oscar Paul Peter Sydney Tom",
}
FRIENDS = {"she": "Ella Kate Rosa Sarah", "he": "Ben Jack Leo Sam"}
SURNAMES = "Baker Brown Hill Reed Stone Wood"
CITIES = (
    "Oslo",
    "Lima",
    "Rome",
    "Florence",
    "Victoria",
    "Sydney",
    "New York",
    "New Delhi",
    "Cape Town",
    "San Diego",
)
POSSESSIVES = {"she": "her", "he": "his", "they": "their"}

# Verbs that are not used in the -ing form: nobody "is knowing" something.
NO_PROGRESSIVE = frozenset(
    "know remember need hear see find like love hate fear dislike enjoy".split()
)
# Shared by two scenes with two meanings. (Fence, gate, door, path, lamp and tower
# also stand in two scenes, but they mean the same thing in both.)
AMBIGUOUS = frozenset(
    "bank bark bat bow branch coach crane fan key match note nut pitcher plant scale "
    "seal spring trunk".split()
)
