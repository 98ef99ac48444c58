"""What the program and its operators read across everything; nothing here writes to a case."""
