"""The sections of pages, one file and its template each: what it needs, what it draws, what it says, how it looks."""
