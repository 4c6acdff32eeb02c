"""In: the population's model, and what was seen of this one person. Out: that person's parameters, before and after.

May not: plan, or change the model of people. What was learnt enters that model as deviates (`simulation/sample.py`).
"""
