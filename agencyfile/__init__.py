"""Infrastructure-as-code for agencies that resell ActiveCampaign."""

__version__ = "0.1.0"
