"""Which words of a search say what is sought, and which only for whom, what for, where and when.

*Ich suche einen Saal für unser Vereinsfest*: what is sought is the hall. Pure, by the words of the sentence alone: no
word counts more or less for what entries there are.
"""

from collections.abc import Iterator, Sequence

from models.search.analysis import Token, is_doing, is_everyday, is_party

# In tenths, what a word counts: one that says what is sought; one that says what for, where or for whom; what is to be
# done with it; and an everyday word.
STRONG = 10
AROUND = 3
DOING = 2
WEAK = 1


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What follows these says what for; in a sentence, what follows the others says when, where, or as what.
_WHAT_FOR = _words("fur zum zur")
_WHERE = _words("am im in ab seit wahrend wegen ohne als aus")
# After these comes what it is about: Hilfe bei der Steuer, Suche nach einem Raum.
_ABOUT = _words("bei beim nach mit um uber von vom auf an zu")
_OWN = ("mein", "unser", "sein", "ihr", "eur", "euer")
_AM = _words("bin sind")
_AND = _words("und oder sowie")
# A phrase ends before who does something, and what he does.
_ENDS = _words(
    "ich du wir mich dich sich uns euch mir dir man wer was wie wo jemand jemanden ist sind hat habe haben kann konnen"
    " konnte mochte mochten will wollen suche suchen sucht brauche brauchen braucht gibt gesucht"
)
# Stop words that stand in headings too. Any other one makes a sentence.
_JOINING = _WHAT_FOR | _WHERE | _ABOUT | _AND | _words("der die das den dem des ein eine einen einem einer")


def weighed(text: str, tokens: Sequence[Token]) -> list[int]:
    """What each of the words of a search counts, in tenths; of a stop word that is 0."""
    counts = [_by_itself(token, text[token.start].isupper()) if token.term else 0 for token in tokens]
    for place in _around(text, tokens):
        counts[place] = min(counts[place], AROUND)
    most = max(counts, default=0)
    # Where nothing says what is sought, the rest does.
    return [STRONG if count == most and count > WEAK else count for count in counts]


def _by_itself(token: Token, is_noun: bool) -> int:
    if is_everyday(token.term):
        return WEAK
    return DOING if is_doing(token.term) and not is_noun else STRONG


def _around(text: str, tokens: Sequence[Token]) -> Iterator[int]:
    """The places of the words that say for whom, what for, where and when."""
    is_sentence = any(not token.term and token.word not in _JOINING for token in tokens)
    has_nouns = any(text[token.start].isupper() for token in tokens[1:])
    leads = _WHAT_FOR | _WHERE if is_sentence else _WHAT_FOR
    within = owned = ended = False
    last = 0
    for place, token in enumerate(tokens):
        if not text[last : token.start].isspace():
            within = owned = ended = False
        last = token.end
        if not token.term:
            if token.word in leads or (is_sentence and token.word in _AM):
                within, owned = True, False
            elif token.word in _ABOUT or token.word in _ENDS:
                within = owned = ended = False
            elif token.word in _AND:
                within = ended
            elif is_sentence and token.word.startswith(_OWN):
                owned = True
            continue
        if within or (owned and any(map(is_party, (token.term, *token.parts[-1:])))):
            yield place
        # A phrase ends with its noun; where nobody writes capitals, with the first word that says something.
        is_noun = text[token.start].isupper() if has_nouns else not is_everyday(token.term)
        ended = within and is_noun
        if is_noun:
            within = owned = False
