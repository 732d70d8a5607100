"""How New Take puts files into an editor's folders, and takes them away: the same for all hosts."""
