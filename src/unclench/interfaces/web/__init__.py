"""The door over HTTP: pages for a prescriber, JSON for programs, CDS Hooks. Nothing of a patient is kept."""
