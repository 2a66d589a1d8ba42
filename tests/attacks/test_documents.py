"""No request of a guest costs more than a tenth of a second of CPU; what is refused costs less than what is answered.

What is measured is the time that the server's process was on a processor, as the mean of some requests that no cache
can know, with room for a machine that does other things, too: threefold.
"""

import json
from typing import Any

import pytest

from tests.attacks.cpu import Cpu, room
from tests.attacks.documents import ATTACKS, BY_NAME, Attack, codes_of
from tests.web.server import Server

TIMES = 8


def sent(server: Server, attack: Attack, number: int) -> Any:
    """What is answered to it."""
    body = json.dumps(attack.body(number), separators=(",", ":"))
    answer = server.client.post("/graphql", content=body, headers={"Content-Type": "application/json"})
    assert len(answer.content) < 3_000_000
    return answer.json()


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name.replace(" ", "-"))
def test_it_is_refused_or_answered_within_its_bound(server: Server, attack: Attack) -> None:
    sent(server, attack, 0)
    cpu = Cpu(server.process.pid)
    answers = [sent(server, attack, number) for number in range(1, TIMES + 1)]
    ms = cpu.ms / TIMES
    for answer in answers:
        if attack.refused:
            assert codes_of(answer) & attack.refused, str(answer)[:500]
            assert not any((answer.get("data") or {}).values()), str(answer)[:500]
        else:
            assert codes_of(answer) <= {"TOO_COMPLEX"}, str(answer)[:500]
    assert ms <= room() * attack.most_ms, f"{ms:.1f} ms"


def test_what_is_too_complex_says_by_how_much(server: Server) -> None:
    (error,) = sent(server, BY_NAME["matches of matches"], 99)["errors"]
    assert error["extensions"]["code"] == "TOO_COMPLEX"
    cost = error["extensions"]["cost"]
    assert cost["requested"] > cost["limit"] > 0
