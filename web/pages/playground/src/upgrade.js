// Whether the server has another build of this page by now. The page says so and reloads only when it is told to:
// answers, running subscriptions and typed headers would be lost, which no tab keeps.

/** Whether the address of this page gives another build. A server that is away, or something else there, is none. */
export async function isOutdated() {
  try {
    const answer = await fetch(location.href, { cache: 'no-cache', headers: { Accept: 'text/html' } })
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const theirs = scriptOf(page)
    return answer.ok && theirs !== undefined && theirs !== scriptOf(document)
  } catch {
    return false
  }
}

/** The page's script. Its name changes with all that the page is made of. */
const scriptOf = (page) => page.querySelector('script[type="module"]')?.getAttribute('src')
