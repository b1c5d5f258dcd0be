"""How likely is a policy target to be met, how sure are we, why did that change, and what would it take?"""

__version__ = "0.2.0"
MADE_BY = f"analysis {__version__}"  # in the metadata of every file
YEARS = (1949, 2100)  # the first and the last that figures, plans and questions are of
