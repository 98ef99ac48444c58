"""Messages to people. Knows no domain: higher apps register the texts and recipients of their kinds."""
