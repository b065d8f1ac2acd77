"""The one thin place where the rooms meet: nothing is computed here, everything is handed on."""
