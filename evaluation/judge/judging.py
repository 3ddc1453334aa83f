"""Ask the judge about answers, in two rounds, and store every reply before it is parsed.

The client is the one that labels the dataset (vlm3_dataset/claude): a store of replies, live calls at the server's
pace, Message Batches that are never created twice.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tqdm import tqdm

from evaluation.judge import canaries, opinion, prompts, request
from evaluation.judge.opinion import Judgement, Opinion, no_opinion
from evaluation.judge.picture import page_picture
from evaluation.judge.prompts import Statements, Verdicts
from evaluation.judge.request import JudgeAsk
from evaluation.rows import Question
from evaluation.scorers.refusals import classify_silence
from vlm3_dataset.claude import sending
from vlm3_dataset.claude.asking import Failure
from vlm3_dataset.claude.budget import Budget
from vlm3_dataset.claude.cache import Store, held
from vlm3_dataset.claude.forecast import Forecast, forecast
from vlm3_dataset.claude.prices import Model, known, money
from vlm3_dataset.claude.sending import How
from vlm3_dataset.errors import InUse, Misused

TRIES = 2  # at a reply in form, in one run
USUAL_CLAIMS = 150  # tokens of the claims of an answer that has not been taken apart yet

GivenAnswer = tuple[Question, str]  # a question, and an answer to it
Key = tuple[str, str]  # a question's id, and the answer
Reply = Statements | Verdicts | str  # a str is the reason why there is none


class JudgeError(ValueError):
    """The reason why nothing can be judged, in one line."""


@dataclass(frozen=True, slots=True)
class Judge:
    """The judge's model, its budget, how it is asked, and where its replies are stored."""

    model: Model
    cache: Path
    max_usd: float = 5.0
    how: How | None = None  # None: by the number of requests
    base_url: str | None = None  # of a server of one's own
    replay: bool = False  # use stored replies only

    @property
    def server(self) -> str:
        """Return the address without which the model's name says too little; "" for a Claude, wherever it is asked."""
        if not self.base_url or known(self.model.name):
            return ""
        address = urlsplit(self.base_url)
        host = address.netloc.rpartition("@")[2]
        return f"{address.scheme}://{host}{address.path.rstrip('/')}"

    @property
    def provenance(self) -> dict[str, str]:
        """Return what must be equal in two runs for their comparison."""
        asked = {"model": self.model.name, "server": self.server}
        return asked | {"prompt_version": prompts.VERSION, "prompts": prompts.digest()}


def refuse_judging_itself(judge: Judge | None, model: str) -> None:
    """Refuse a judge that is the judged model: models prefer their own answers. Raises Misused."""
    if judge and judge.model.name.lower() in {model.lower(), model.rpartition("/")[2].lower()}:
        raise Misused(f"{judge.model.name} cannot judge its own answers; name another one with --judge-model")


def judge_all(judge: Judge, given: Sequence[GivenAnswer]) -> dict[Key, Judgement]:
    """Judge every answer that is neither blank nor a refusal, after the canaries. Equal answers are judged once.

    The judge does not learn which model answered. Raises JudgeError where it would cost too much, or where a canary
    shows that the judge cannot be trusted.
    """
    spoken = {(one.id, text): (one, text) for one, text in given if classify_silence(text, one.reference) is None}
    drawn = canaries.draw([question for question, _ in given])
    tests = {(bird.question.id, text): (bird.question, text) for bird in drawn for text in (bird.right, bird.wrong)}
    with _opened(judge.cache) as store:
        session = _JudgeSession(judge, store)
        session.check_bill([*tests.values()], [*spoken.values()])
        if not drawn:
            tqdm.write("judge: no canaries, as no question has a short reference with one quantity in it")
        tested = session.judge(tests, "live", "canaries")
        for bird in drawn:
            right, wrong = (tested[bird.question.id, text].faithfulness for text in (bird.right, bird.wrong))
            if fault := canaries.fault(bird, right, wrong):
                raise JudgeError(fault)
        judged = session.judge(spoken, judge.how, "judge")
    errors = [each.error for one in judged.values() for each in (one.relevancy, one.faithfulness) if each.error]
    if errors:
        tqdm.write(f"judge: {len(errors)} verdicts are missing; the first: {errors[0]}")
    return judged


class _JudgeSession:
    """One run of the judge, with one store and one budget."""

    def __init__(self, judge: Judge, store: Store) -> None:
        self._judge, self._store = judge, store
        self._budget = Budget(judge.max_usd)

    def check_bill(self, tests: Sequence[GivenAnswer], given: Sequence[GivenAnswer]) -> None:
        """Print what judging costs, before anything is sent; the tests are sent live."""
        ahead, bill = self._forecast_cost(tests), self._forecast_cost(given)
        if self._judge.replay or not (ahead.requests or bill.requests):
            return
        before = f", after {ahead.requests} for canaries: {money(ahead.live)}" if ahead.requests else ""
        tqdm.write(f"judge: {bill}{before}; this run stops at ${self._judge.max_usd:.2f}")
        live = sending.way(self._judge.how, bill.requests) == "live"
        if (cost := ahead.live + (bill.live if live else bill.batch)) > self._judge.max_usd:
            raise JudgeError(
                f"judging would cost about ${cost:.2f}, and --max-usd is {self._judge.max_usd:.2f}; nothing was sent:"
                " raise it, or ask fewer questions with --limit"
            )

    def judge(self, given: dict[Key, GivenAnswer], how: How | None, title: str) -> dict[Key, Judgement]:
        """Take every answer apart into claims, then compare those with its page, if it has one."""
        first = {key: self._take_apart(*each) for key, each in given.items()}
        parts = self._replies(list(first.values()), how, f"{title}: take apart")
        statements = {key: parts[ask.key] for key, ask in first.items()}
        second = {
            key: self._compare(given[key][0], claims)
            for key, said in statements.items()
            if given[key][0].image and not isinstance(said, str) and (claims := opinion.claims_of(said))
        }
        verdicts = self._replies(list(second.values()), how, f"{title}: compare with the page")
        return {
            key: _judgement(said, second[key].claims, verdicts[second[key].key])
            if key in second
            else _judgement(said, (), Verdicts(verdicts=[]))
            for key, said in statements.items()
        }

    def _take_apart(self, question: Question, answer: str) -> JudgeAsk:
        return request.take_apart(question, answer, self._judge.model, self._judge.server)

    def _compare(self, question: Question, claims: Sequence[str]) -> JudgeAsk:
        return request.compare(question, claims, page_picture(question), self._judge.model, self._judge.server)

    def _replies(self, asks: Sequence[JudgeAsk], how: How | None, title: str) -> dict[str, Reply]:
        """Return the reply to each request, by its key. A reply that is not in form is asked for once more."""
        newest = {ask.key: self._latest_ask(ask) for ask in asks}
        failures: dict[str, Failure] = {}
        for _ in range(TRIES):
            left = [ask for ask in newest.values() if ask.key not in failures]
            if self._judge.replay:
                failures |= {
                    one.key: Failure("not in the judge's cache") for one in left if not self._store.has(one.key)
                }
            else:
                url = self._judge.base_url
                failures |= sending.send(left, self._store, self._budget, how=how, title=title, base_url=url)
            newest = {first: self._latest_ask(ask) for first, ask in newest.items()}
        return {first: self._reply(ask, failures.get(ask.key)) for first, ask in newest.items()}

    def _latest_ask(self, ask: JudgeAsk) -> JudgeAsk:
        """Return the latest request about the same, or the next one to send."""
        while (body := self._store.get(ask.key)) is not None:
            if opinion.unfinished(body) or opinion.read(body, ask.task.form, ask.claims) is not None:
                return ask
            ask = request.ask_again(ask, body)
        return ask

    def _reply(self, ask: JudgeAsk, failure: Failure | None) -> Reply:
        body = self._store.get(ask.key)
        if body is not None:
            return opinion.unfinished(body) or opinion.read(body, ask.task.form, ask.claims)
        if failure is not None:
            return failure.reason
        return f"the judge's reply was not in form, {ask.tries - 1} times; run again to ask once more"

    def _forecast_cost(self, given: Sequence[GivenAnswer]) -> Forecast:
        """Return the forecast for what is not in the store; the second round is estimated if the first is missing."""
        tokens = []
        for question, answer in given:
            first = self._latest_ask(self._take_apart(question, answer))
            body = self._store.get(first.key)
            said = None if body is None else opinion.read(body, Statements, ())
            if body is None:
                page = [self._compare(question, ["?"]).tokens + USUAL_CLAIMS] if question.image else []
                tokens += [first.tokens, *page]
            elif said and question.image and (claims := opinion.claims_of(said)):
                second = self._latest_ask(self._compare(question, claims))
                tokens += [] if self._store.has(second.key) else [second.tokens]
        usual = self._store.usual_output(self._judge.model.name, prompts.VERSION) or request.USUAL_OUTPUT
        return forecast(self._judge.model.price, tokens, usual)


def _judgement(statements: Reply, claims: Sequence[str], verdicts: Reply) -> Judgement:
    if isinstance(statements, str):
        return Judgement(no_opinion(statements), no_opinion(statements))
    faithful: Opinion = no_opinion(verdicts) if isinstance(verdicts, str) else opinion.faithfulness(claims, verdicts)
    return Judgement(opinion.relevancy(statements), faithful)


@contextmanager
def _opened(folder: Path) -> Iterator[Store]:
    """Open the replies of a folder, for one run at a time; print in the end what was paid for them."""
    path = folder / "replies.sqlite"
    with ExitStack() as stack:
        try:
            store = stack.enter_context(held(path))
        except InUse:
            raise JudgeError(f"another run judges with {folder}; wait for it, or use another --judge-cache") from None
        except sqlite3.Error as error:
            raise JudgeError(f"{path} cannot be used: {error}") from None
        try:
            yield store
        finally:
            tqdm.write(f"{store.count()} replies of the judge in {path}, ${store.spent():.2f} paid for them in all")
