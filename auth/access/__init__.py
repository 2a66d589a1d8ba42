"""The one gate: fetches and allows, or refuses. Who holds a row from it was allowed to see it.

One module a noun. `visible_*` is the condition that a list keeps to, `access_*` fetches by key or slug, `*_to_*`
fetches for a mutation: `NotFound` where the viewer may not see the row, `Forbidden` where they may not do that to it.
"""
