"""Tables as offices publish them: one reader a form, all to one plain type, which is then fitted to the layout."""
