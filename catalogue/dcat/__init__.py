"""A catalogue's records as the world harvests them: DCAT-AP 3 with StatDCAT-AP, schema.org, Croissant,
DataCite.

Everything is read from the records that the Action API shows, so a real CKAN could tell the same.
"""
