"""How newtake talks to an editor through a bridge inside of it: what all hosts do the same way."""
