"""What Chinese posts about overdue loans say of debt collection: themes, how they are said, by whom, with every quote.

    read          sources -> raw                              pages, folders, web archives, tables of posts
    clean         raw -> posts, blocks, contacts, dropped     layers, dates, redaction, near-copies
    find_themes   posts, blocks -> mentions, contradictions   themes with their assertion status and actor
    score         posts, blocks, mentions -> both again       polarity of mentions, tone of posts
    measure       tables -> measures                          counts with intervals, with and without copies
    explain       one text -> its mentions, and why

Tables are pandas DataFrames; what a row is stands in `analysis.tables`.
"""

from analysis.clean import Options, clean
from analysis.codebook import load as load_codebook
from analysis.explain import explain
from analysis.measure import codes_of, measure
from analysis.problems import DataProblem
from analysis.scrape import read
from analysis.sentiment import score
from analysis.tables import check, dictionary
from analysis.tables import read as read_table
from analysis.themes import find_themes

__all__ = [
    "DataProblem", "Options", "check", "clean", "codes_of", "dictionary", "explain", "find_themes", "load_codebook", "measure",
    "read", "read_table", "score",
]
