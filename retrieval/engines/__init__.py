"""Where terms are searched for: the protocol, this machine, a cluster of OpenSearch, and who may see what."""
