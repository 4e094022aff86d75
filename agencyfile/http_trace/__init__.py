"""A trace of every HTTP request and answer, without secrets, as a HAR 1.2 file."""

from agencyfile.http_trace.recording import Recording

__all__ = ["Recording"]
