"""Published tables: who took part?"""
