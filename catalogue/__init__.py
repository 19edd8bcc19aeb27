"""The catalogue in CKAN's words: records, the embedded catalogue, and bringing any CKAN to a desired state.

The embedded catalogue has the Action API of CKAN 2.12 as far as its clients need it. What it has not, on
purpose: people's accounts (one token writes), files (resources point at addresses), activities, SQL over the
datastore, resource views and relationships. Where it differs: an extra that holds a JSON list has a facet
value for each item and sorts as a whole (in Solr: by its words); ids that a client does not choose follow
from the name; there are no regular expressions in queries; a resource that was deleted is not found; the rows
of a release cannot be written to, and words in rows are not ranked.
`tests/ckan/contract` holds everything else beside a real CKAN 2.12.
"""
