"""proto/generate: from the contract to Shared/API."""
