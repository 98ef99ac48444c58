"""The partners' workspace: plans, engagements and sessions."""
