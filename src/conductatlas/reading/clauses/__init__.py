"""What a document says: its clauses, their types, facts, severity, and the same clause through versions."""
