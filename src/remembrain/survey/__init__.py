"""The same question asked of published tables: who took part?

Data flows one way here too: a file of answers (:mod:`~remembrain.survey.answers`, read by the dictionary of
:mod:`~remembrain.survey.columns`), the tables that are published of it (:mod:`~remembrain.survey.layout`,
:mod:`~remembrain.survey.counting`, :mod:`~remembrain.survey.protection`), what an adversary knows
(:mod:`~remembrain.survey.knowledge`, :mod:`~remembrain.survey.view`), and one score a person
(:mod:`~remembrain.survey.attacks`). What the scores prove is for ``evidence`` to say; this room knows no model.
"""
