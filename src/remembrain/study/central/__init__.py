"""One model: trained or brought in, attacked and written down."""
