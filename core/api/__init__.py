"""The frame of the API: refusals as problem documents, pages by cursor, conditional answers, limits."""
