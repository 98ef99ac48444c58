"""The flows, the engine that advances them, and every page whose action moves a case."""
