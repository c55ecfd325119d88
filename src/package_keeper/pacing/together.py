"""Asking many questions at once.

Decides that as many are under way as there are workers, and that the first error ends it: nothing
more is asked then, and what is under way is let finish. A future for every question of a large
package, all made beforehand, would take more memory than its answers do. When a question is really
sent is the pacer's decision.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Q = TypeVar("Q")
A = TypeVar("A")


def ask_together(ask: Callable[[Q], A], questions: Sequence[Q], *, workers: int) -> list[A]:
    """The answers, in the order of the questions; raises what a failing one raised."""
    waiting = iter(enumerate(questions))
    answers: dict[int, A] = {}
    lock, failed = threading.Lock(), threading.Event()

    def work() -> None:
        while not failed.is_set():
            with lock:
                taken = next(waiting, None)
            if taken is None:
                return
            place, question = taken
            try:
                answers[place] = ask(question)
            except BaseException:
                failed.set()
                raise

    count = min(workers, len(questions))
    with ThreadPoolExecutor(max(count, 1)) as pool:
        tasks = [pool.submit(work) for _ in range(count)]
    for task in tasks:
        task.result()
    return [answers[place] for place in range(len(questions))]
