"""Who posts together: posts tied by contact ids, advert lines and templates, as campaigns with the evidence on each tie.

A contact id ties the posts that solicit with it: one seller, whatever the site. An advert line and a template tie weaker:
content farms copy each other, and a network of sites has one footer. So they add posts to a campaign only where nothing
speaks against it. Weaker keys are taken one by one, in order: a key that would bring together two campaigns known by their
contact ids ties nobody and is kept as `shared` evidence; so is a line on many sites none of whose posts has an id. Guards
before that: public hotlines are no contact ids (`clean` leaves them in the text), and posts that do not solicit tie nothing
(a platform's own service number in complaints, a news story that many print). Where it stops: a seller who changes ids from
post to post is as many campaigns as ids, and a number that several sellers quote in their adverts makes them one.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from analysis.measure.intervals import clustered_share, count
from analysis.measure.ties import tied
from analysis.measure.units import ALL, Codes, Row, measures_frame, sample

Places = np.ndarray[Any, np.dtype[np.int64]]
MOST_SITES = 5  # of a line whose posts show no id: on more sites than this it is taken for a common footer; chosen
LEADS = 3  # themes named of a campaign
RANKED = 20  # campaigns with numbers of their own in `measures`
EDGE_COLUMNS = ["campaign_id", "post_id", "kind", "key", "start", "end", "quote", "is_shared"]


class Campaigns(NamedTuple):
    """One row a campaign, and one row for each tie of a post to a key."""

    campaigns: pd.DataFrame
    ties: pd.DataFrame


def campaigns(posts: pd.DataFrame, ties: pd.DataFrame, mentions: pd.DataFrame) -> Campaigns:
    """The campaigns of a corpus, largest first, and what ties their posts; the same for any order of rows.

    campaigns: campaign_id (its first post_id), n_posts, n_texts (copies collapsed), n_sites, n_contacts, n_templates,
    first_at, last_at, leads (the themes most of its posts carry). A post alone is no campaign.

    >>> from analysis.tables import TABLES
    >>> one = {"on_topic": True, "solicitation": True, "n_chars": 9}
    >>> posts = TABLES["posts"].frame([{**one, "post_id": p, "site": s} for p, s in (("a", "x.example"), ("b", "y.example"))])
    >>> ids = [{"post_id": p, "kind": "contact", "key": "contact:k", "start": 0, "end": 4, "quote": "〔微信〕"} for p in "ab"]
    >>> found = campaigns(posts, TABLES["ties"].frame(ids), TABLES["mentions"].empty()).campaigns
    >>> found[["campaign_id", "n_posts", "n_sites", "n_contacts"]].values.tolist()
    [['a', 2, 2, 1]]
    """
    ordered = posts.sort_values("post_id", ignore_index=True)
    ids = pd.Index(ordered["post_id"])
    ties = pd.concat([ties, _template_ties(ordered)], ignore_index=True)
    ties["at"] = np.asarray(ids.get_indexer(pd.Index(ties["post_id"])), dtype=np.int64)
    by_contact = _components(ties[ties["kind"] == "contact"], len(ordered))
    shared = _shared_keys(ties, by_contact, ordered["site"].to_numpy(dtype=object))
    ties["is_shared"] = ties["key"].isin(shared)
    component = _components(ties[~ties["is_shared"]], len(ordered))
    sizes = np.bincount(component, minlength=len(ordered))
    first = component[ties["at"].to_numpy(dtype=np.int64)]
    ties["campaign_id"] = pd.Series(ids.to_numpy(dtype=object)[first], index=ties.index, dtype="str")
    kept = ties.loc[sizes[first] > 1, EDGE_COLUMNS]
    kept = kept.sort_values(["campaign_id", "post_id", "kind", "key", "start"], ignore_index=True)
    return Campaigns(_described(ordered, component, sizes, kept, mentions), kept)


def campaign_rows(posts: pd.DataFrame, found: Campaigns, codes: Codes) -> pd.DataFrame:
    """Rows of `measures` on campaigns: how many, what share of posts they hold, and the numbers of the largest ones.

    The interval of a share treats campaigns as independent of each other. The counts have none: nothing is sampled.
    """
    ordered = sample(posts).posts
    of_post = found.ties.drop_duplicates("post_id").set_index("post_id")["campaign_id"]
    campaign = ordered["post_id"].map(of_post).astype("str")
    labels = np.unique(campaign.fillna(ordered["post_id"]).astype(str), return_inverse=True)[1]
    inside = clustered_share(campaign.notna().to_numpy(dtype=bool), labels)
    inside = inside._replace(method=inside.method.replace("text families", "campaigns or single posts"))
    largest, n = int(campaign.value_counts().max()) if campaign.notna().any() else 0, len(ordered)
    top = count(largest, n)._replace(value=largest / n if n else None, method="share of the corpus; no interval: it is chosen by its size")
    rows = [
        Row(
            "n_campaigns", ALL, ALL, count(len(found.campaigns), len(posts)),
            "Campaigns: posts tied by contact ids, advert lines, templates", "count",
        ),
        Row("share_in_campaign", ALL, ALL, inside, "Share of on-topic posts that belong to a campaign", "share"),
        Row("share_in_largest_campaign", ALL, ALL, top, "Share of on-topic posts in the largest campaign", "share"),
    ]
    for item in found.campaigns.head(RANKED).to_dict("records"):
        for name, words in (("n_posts", "Posts"), ("n_texts", "Distinct texts"), ("n_sites", "Sites"), ("n_contacts", "Contact ids")):
            rows.append(Row(
                f"campaign_{name}", f"campaign:{item['campaign_id']}", ALL, count(int(item[name]), int(item["n_posts"])),
                f"{words} of the campaign that begins with post {item['campaign_id']}", "count",
            ))
    return measures_frame(rows, codes.version)


def _template_ties(posts: pd.DataFrame) -> pd.DataFrame:
    here = posts[posts["template_id"].notna() & posts["solicitation"].to_numpy(dtype=bool)]
    titles = here["title"].fillna("").astype("str")
    return tied(here.assign(start=0, end=titles.str.len()), "template", here["template_id"].tolist(), titles.tolist())


def _components(ties: pd.DataFrame, n: int) -> Places:
    """For each post the first post that it is tied to, straight or through others; itself where nothing ties it."""
    keys = pd.factorize(ties["key"])[0].astype(np.int64)
    size = n + (int(keys.max()) + 1 if len(keys) else 0)
    ones = np.ones(len(ties), dtype=np.int8)
    graph = coo_array((ones, (ties["at"].to_numpy(dtype=np.int64), keys + n)), shape=(size, size))
    labels = connected_components(graph, directed=False)[1][:n] if size else np.empty(0, dtype=np.int32)
    least = np.full(size + 1, n, dtype=np.int64)
    np.minimum.at(least, labels, np.arange(n))
    return np.asarray(least[labels], dtype=np.int64)


def _shared_keys(ties: pd.DataFrame, by_contact: Places, sites: np.ndarray[Any, Any]) -> set[str]:
    """The weaker keys that tie nobody. Keys are joined in order, and each sees what those before it have joined."""
    leader = list(range(len(by_contact)))
    has_id = np.zeros(len(by_contact), dtype=bool)
    has_id[by_contact[ties.loc[ties["kind"] == "contact", "at"].to_numpy(dtype=np.int64)]] = True

    def find(place: int) -> int:
        while leader[place] != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    shared = set()
    weak = ties.loc[ties["kind"] != "contact", ["kind", "key", "at"]].sort_values(["kind", "key", "at"])
    for (kind, key), rows in weak.groupby(["kind", "key"], sort=True)["at"]:
        places = rows.to_numpy(dtype=np.int64)
        camps = {find(int(by_contact[at])) for at in places}
        n_with_id = sum(bool(has_id[camp]) for camp in camps)
        if n_with_id > 1 or (n_with_id == 0 and kind == "strapline" and len(set(sites[places])) > MOST_SITES):
            shared.add(str(key))
            continue
        least = min(camps)
        for camp in camps:
            leader[camp] = least
        has_id[least] = n_with_id > 0
    return shared


def _described(
    posts: pd.DataFrame, component: np.ndarray[Any, Any], sizes: np.ndarray[Any, Any], ties: pd.DataFrame, mentions: pd.DataFrame
) -> pd.DataFrame:
    here = posts.assign(campaign_id=posts["post_id"].to_numpy(dtype=object)[component])[sizes[component] > 1]
    texts = here["duplicate_of"].fillna(here["post_id"])
    grouped = here.assign(text_id=texts).groupby("campaign_id", sort=True)
    described = pd.DataFrame({
        "n_posts": grouped.size(), "n_texts": grouped["text_id"].nunique(), "n_sites": grouped["site"].nunique(),
        "n_templates": grouped["template_id"].nunique(),
        "first_at": grouped["published_at"].min(), "last_at": grouped["published_at"].max(),
    })
    own = ties[(ties["kind"] == "contact") & ~ties["is_shared"]].groupby("campaign_id")["key"].nunique()
    described["n_contacts"] = own.reindex(described.index).fillna(0).astype("int64")
    described["leads"] = pd.Series(_leads(here, mentions), dtype=object).reindex(described.index).fillna("")
    described = described.reset_index(names="campaign_id")
    order = ["campaign_id", "n_posts", "n_texts", "n_sites", "n_contacts", "n_templates", "first_at", "last_at", "leads"]
    return described[order].sort_values(["n_posts", "campaign_id"], ascending=[False, True], ignore_index=True)


def _leads(posts: pd.DataFrame, mentions: pd.DataFrame) -> dict[str, str]:
    said = mentions[["post_id", "theme"]].drop_duplicates().merge(posts[["post_id", "campaign_id"]], on="post_id")
    counts = said.groupby(["campaign_id", "theme"]).size().reset_index(name="n")
    counts = counts.sort_values(["campaign_id", "n", "theme"], ascending=[True, False, True])
    return {str(name): ", ".join(part["theme"].head(LEADS)) for name, part in counts.groupby("campaign_id")}


