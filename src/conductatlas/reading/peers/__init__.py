"""What other platforms say of the same matter: clauses of one type, compared by their facts and their words."""
