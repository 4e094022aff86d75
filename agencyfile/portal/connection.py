"""Parts that both halves share: one transport, one rate limit for the agency's two APIs, and accounts' own APIs."""

from agencyfile.portal.apis.account_api import AccountApis
from agencyfile.portal.apis.agency_api import AgencyApi
from agencyfile.portal.apis.hub_api import HubApi
from agencyfile.portal.endpoint import Endpoint
from agencyfile.portal.http.rate_limit import RateLimit
from agencyfile.portal.http.redaction import LogGuard
from agencyfile.portal.http.sending import Sending
from agencyfile.portal.http.transport import Transport
from agencyfile.portal.lists.hub import HubLists
from agencyfile.portal.lists.shared import PortalLists
from agencyfile.portal.observations import Observations
from agencyfile.portal.reconciliation.baselines import Baselines
from agencyfile.portal.reconciliation.questions import PortalQuestions
from agencyfile.redaction import Redactor


class Connection:
    """The APIs of one endpoint, over one transport whose logs hold no key until `close`.

    `observations` are the readings that the answers have shown so far (`docs/portal.md` section 8).
    """

    def __init__(self, endpoint: Endpoint, rate_limit: RateLimit | None = None) -> None:
        keys = (endpoint.agency_key, endpoint.hub_key, *endpoint.account_keys.values())
        redactor = Redactor(key for key in keys if key)
        self.endpoint = endpoint
        self.observations = Observations()
        self._transport = Transport(
            rate_limit or _rate_limit(endpoint), endpoint.timeout, endpoint.limits, endpoint.tell
        )
        self._guard = LogGuard(redactor)
        self.sending = Sending(self._transport)
        self.agency = AgencyApi(endpoint, redactor)
        self.hub = HubApi(endpoint, redactor)
        self.accounts = AccountApis(endpoint, redactor, self._transport, self.observations)
        self.baselines = Baselines(self.questions)

    def lists(self) -> PortalLists:
        """Return the lists, for one read."""
        return PortalLists(self.endpoint, self.sending, self.agency, self.hub, self.observations)

    def transport(self, rate_limit: RateLimit) -> Transport:
        """Return a transport over the same connections with its own rate limit."""
        return self._transport.beside(rate_limit)

    def hub_lists(self) -> HubLists:
        """Return the hub's lists with numbered pages."""
        return HubLists(self.sending, self.hub)

    def questions(self) -> PortalQuestions:
        """Return the questions of operations, for one look."""
        return PortalQuestions(self.lists(), self.sending, self.agency, self.hub, self.accounts)

    def end_waits(self) -> None:
        """End all waiting: for the rate limit, a pause or the answer to a question. Calls under way go on."""
        self._transport.end_waits()
        self.accounts.end_waits()

    def abort(self) -> None:
        """End all waiting and every request under way."""
        self.end_waits()
        self._transport.abort()

    def close(self) -> None:
        """End all waiting and close the connections."""
        self.end_waits()
        self._transport.close()
        self._guard.close()


def _rate_limit(endpoint: Endpoint) -> RateLimit:
    if endpoint.rate_file is None:
        return RateLimit(endpoint.rate_limit)
    from agencyfile.portal.http.shared_rate import SharedRateLimit  # noqa: PLC0415 - only the children of a fleet share

    return SharedRateLimit(endpoint.rate_limit, endpoint.rate_file)
