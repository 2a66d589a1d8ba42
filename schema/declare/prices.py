"""What fields cost, in points, declared where a field is declared: see docs/cost.md.

A point is about two microseconds of the processor, at the dearest, on a board of up to 30,000 entries.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Price:
    """What a field costs: `each` for every time that it may stand in the answer, `once` for what it makes the server do
    however often that is, such as a statement.
    """

    each: int = 1
    once: int = 0


@dataclass(frozen=True)
class Size:
    """How many entries a list may have: as the argument says, whose number or length it is, from 0 to `most`.

    `default`: where the argument is left out, or null.
    """

    argument: str
    default: int
    most: int


# A value of the object itself.
VALUE = Price()
# Besides its fields: every object that may stand in the answer.
OBJECT = 2
# What is read from the database by a statement of its own, and a list that is.
STATEMENT = Price(once=350)
LIST = Price(each=5, once=350)
# Where the log of changes stands.
CURSOR = Price(once=20)
# A count of a whole list.
COUNT = Price(each=2, once=350)
# A whole list counted by what stands in it.
FACETS = Price(each=100, once=20_000)
# A transaction; and one in which a password is hashed, which takes a thirtieth of a second.
TRANSACTION = Price(once=2000)
HASHING = Price(once=17_000)
# Where two are.
HASHING_TWICE = Price(once=32_000)
# Each letter that a mutation is given, of texts as long as any may be: a text is cut into words, which are stemmed,
# split and stored for the search.
TYPED, LONGEST_TEXT = 1.5, 20_000
# A filter's words are looked for in every row, and whether a row lies in a circle is computed; a search looks for
# words in all that there is.
TEXT, NEAR = 8000, 5000
# What no index finds is looked at in every row.
SUITABLE = 500
SEARCH = Price(each=5, once=18_000)
SEARCH_COUNT = Price(each=2, once=3000)
# Two texts are looked through for the words.
HIGHLIGHTS = Price(each=200)
# All that lies in a rectangle is counted, and what stands alone is read.
MAP = Price(once=10_000)
# While somebody types: words by their beginning, and entries by their titles.
COMPLETIONS = Price(each=5, once=2500)
# Of each entry of the other direction is found out how well it fits.
MATCHES = Price(each=500, once=1000)
# A list that its own filter makes, whatever that restricts by: each is read, or counted, by a statement of its own.
SAVED_SEARCH = Price(each=800, once=350)
# Of each entry that may fit a profile is found out how well it does.
SUGGESTIONS = Price(each=5, once=5000)
# Figures that are counted.
FIGURES = Price(once=1000)
# A text of up to 20,000 characters, and of up to 5,000: a point for each 4 KiB that it may have.
LONG_TEXT, TEXT_OF_PAGES = Price(each=20), Price(each=5)
# The network's terms, of up to 100,000 characters.
TERMS = Price(each=100)
# The saved searches that an account may have at most.
MOST_SAVED = 20
# A list of objects of which nothing else is said.
LENGTH = 20
# The topics, and the times of the week, that an object may have.
TOPICS, TIMES = 10, 21
