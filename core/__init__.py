"""The kit that knows nothing of the domain: audit, files, calendars, errors, transitions and the page kit."""
