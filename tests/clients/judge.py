"""What schemathesis holds against an answer: what it asks is valid by the schema, so few errors are right."""

import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

# A value may still be none that the place takes: both ends of a page, a cursor of nowhere, a page without end.
RIGHT = {"BAD_USER_INPUT", "BAD_CURSOR", "PAGE_TOO_LARGE"}

schemathesis.graphql.scalar("CurrencyCode", st.sampled_from(["USD", "EUR", "JPY", "XXX"]).map(nodes.String))
schemathesis.graphql.scalar("Decimal", st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str).map(nodes.String))


@schemathesis.check
def answered(context, response, case):
    """It is answered as GraphQL, with data or with an error that is the caller's."""
    assert response.status_code == 200, f"status {response.status_code}"
    answer = response.json()
    errors = answer.get("errors", [])
    assert errors or answer.get("data") is not None, "neither data nor errors"
    for error in errors:
        code = error.get("extensions", {}).get("code")
        assert code in RIGHT, f"{code}: {error['message']}"
