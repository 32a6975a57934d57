"""What the name of a column tells: a key, a weight, a score, an outcome, or something that is known only once the outcome is."""

import re

_KEY_WORDS = {"id", "ids", "uuid", "guid", "key", "identifier", "rownames", "rowname", "rowid", "index", "iban", "ssn", "serial"}
_NUMBERED = {"no", "nr", "num", "number", "nummer", "code", "ref", "reference"}
_THINGS = {
    "account", "application", "applicant", "borrower", "card", "case", "client", "contract", "customer", "invoice", "loan",
    "member", "order", "passenger", "person", "policy", "record", "row", "ticket", "transaction",
}  # fmt: skip
_WEIGHTS = {"weight", "weights", "wt", "wgt"}
_OUTCOMES = {
    "default", "defaulted", "bad", "good_bad", "target", "outcome", "creditability", "loan_status", "churn", "churned", "failed",
    "fraud", "is_fraud", "survived", "admit", "admitted", "response", "subscribed", "converted", "y", "label", "class",
}  # fmt: skip
_SCORES = {
    "score", "scores", "scorecard", "fico", "vantage", "vantagescore", "beacon", "pd", "prob", "proba", "probability",
    "propensity", "rating", "prediction", "predicted", "pred", "estimate",
}  # fmt: skip
_OUTCOME_PARTS = ("default", "churn", "dlqin")
# Known only after the decision: runs of words that a name may hold.
_LATER = (
    "recovery", "recoveries", "recovered", "collection", "collections", "charged off", "charge off", "chargeoff", "written off",
    "write off", "writeoff", "closed", "closing", "closure", "cancelled", "canceled", "cancellation", "foreclosed", "foreclosure",
    "repossessed", "repossession", "settlement", "settled", "terminated", "termination", "paid off", "payoff", "last payment",
    "last pymnt", "last paid", "total pymnt", "total rec", "out prncp", "outcome date", "default date", "date of default",
    "churn reason", "churn date", "churn score", "churn category", "exit date", "exit reason", "loss given default", "lgd",
    "days past due at end", "final status", "final balance",
)  # fmt: skip
# They turn such a word into history: `collections_12_mths` was known when the application was made.
_EARLIER = {
    "prior", "previous", "past", "history", "hist", "ever", "since", "within", "mths", "months", "years", "yrs", "num", "number",
    "count", "n", "accounts", "accts", "acc", "before",
}  # fmt: skip


def words(name: str) -> list[str]:
    """The words of a name in lower case: `customerID`, `customer_id` and `Customer ID` are customer and id."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return re.findall(r"[^\W_]+", apart.lower())


def says_key(name: str) -> bool:
    found = set(words(name))
    return bool(found & _KEY_WORDS) or bool(found & _NUMBERED and found & _THINGS) or found in ({"nr"}, {"no"}, {"row"})


def says_weight(name: str) -> bool:
    """A weight of rows: the word comes last or alone, so that `weight_kg` is a measure."""
    found = words(name)
    return bool(found) and found[-1] in _WEIGHTS and not set(found[:-1]) & {"body", "birth", "net", "gross"}


def says_outcome(name: str) -> int:
    """2 where the whole name is a word for an outcome, 1 where it holds one, else 0."""
    plain = "_".join(words(name))
    if plain in _OUTCOMES:
        return 2
    return int(any(part in plain for part in _OUTCOME_PARTS))


def says_score(name: str) -> bool:
    """A score or a probability that somebody gave the rows."""
    return bool(set(words(name)) & _SCORES)


def says_later(name: str) -> str | None:
    """The words of a name that say "known only afterwards"; null where it has none, or where it tells of an earlier time."""
    found = words(name)
    if _EARLIER & set(found):
        return None
    spaced = f" {' '.join(found)} "
    return next((run for run in _LATER if f" {run} " in spaced), None)
