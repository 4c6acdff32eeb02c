"""Who calls: signed tokens of CDS clients, keys only from issuers that the configuration names."""
