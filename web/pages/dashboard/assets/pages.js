// Which items stand on which page: on as few as there is room for, each used to its last line, and none left nearly empty.

/** Where the pages of items of such heights begin and end, [[from, to], …]. An item that is higher than `room` has a page of its own. */
export function paged(heights, room) {
  const best = [{ pages: 0, waste: 0, from: 0 }] // the best way to place as many items as its index says
  for (let to = 1; to <= heights.length; to += 1) {
    let used = 0
    for (let from = to - 1; from >= 0; from -= 1) {
      used += heights[from]
      if (used > room && from < to - 1) break
      const way = { pages: best[from].pages + 1, waste: best[from].waste + (room - used) ** 2, from }
      if (!best[to] || way.pages < best[to].pages || (way.pages === best[to].pages && way.waste < best[to].waste)) best[to] = way
    }
  }
  const pages = []
  for (let to = heights.length; to > 0; to = best[to].from) pages.unshift([best[to].from, to])
  return pages.length ? pages : [[0, 0]]
}
