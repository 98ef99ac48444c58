"""Every page whose action moves a case, the desk and the case file."""
