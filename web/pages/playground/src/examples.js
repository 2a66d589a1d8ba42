// Examples by task, read of the file that `/docs/examples` shows, too. Everything runs on the demonstration data.
import { parse } from 'graphql'

import { ask } from './account.js'
import source from './examples.graphql?raw'

export const TOPICS = ['read', 'live', 'take_part', 'account']

const OPENING = ['Board', 'Group', 'SignIn', 'PublishOffer', 'WatchBoard']
const ENTRY = /^(in|as|de|en|variables(?:\.de|\.en)?|fill): *(.*)$/
const UNKNOWN = /"<\w+>"/
const WIDTH = 46

/** What stands in comments above an operation, by the word that begins an entry. */
function entries(comments) {
  const found = {}
  let key
  for (const line of comments.trimEnd().split('\n\n').at(-1).split('\n')) {
    const text = line.replace(/^#/, '').trim()
    const [, begins, rest] = ENTRY.exec(text) ?? []
    if (begins) found[(key = begins)] = rest
    else if (key) found[key] += ` ${text}`
  }
  return found
}

function read(text) {
  let end = 0
  return parse(text).definitions.map(({ name, loc }) => {
    const { in: topic, as, fill, ...said } = entries(text.slice(end, loc.start))
    end = loc.end
    return { name: name.value, topic, as, fill, said, document: text.slice(loc.start, loc.end) }
  })
}

export const EXAMPLES = read(source)

/** The title of an example, and what it does. */
export const described = ({ said }, language) => said[language].split(' | ')

/** An example as a tab of GraphiQL: what it does stands above it. */
export function tabOf(example, language) {
  const [, text] = described(example, language)
  const given = example.said[`variables.${language}`] ?? example.said.variables
  return {
    query: `${commented(text)}\n${example.document}\n`,
    variables: given ? JSON.stringify(JSON.parse(given), null, 2) : '',
  }
}

const commented = (text) =>
  text
    .split(' ')
    .reduce((lines, word) => {
      const line = `${lines.at(-1)} ${word}`
      return lines.length && line.length <= WIDTH ? [...lines.slice(0, -1), line] : [...lines, `# ${word}`]
    }, [])
    .join('\n')

/** The tabs that the page opens with. The first has no variables: GraphiQL would not show them. */
export const opening = (language) =>
  OPENING.map((name) => tabOf(EXAMPLES.find((one) => one.name === name), language))

/** Whether these tabs are still those that the page opened with in that language, untouched. */
export function untouched(tabs, language) {
  const known = opening(language)
  return tabs.length === known.length && tabs.every((tab, index) => tab.query === known[index].query)
}

/**
 * The variables of an example with what isn't known before somebody asks, such as an id of the viewer's organisation.
 * Null where nothing is left to fill in, or nobody can tell.
 */
export async function filled(query, variables, headers) {
  if (!UNKNOWN.test(variables)) return null
  const example = EXAMPLES.find(({ fill, document }) => fill && query.includes(document))
  if (!example || (example.as && !headers.Authorization)) return null
  const value = firstText(await ask(example.fill, {}, headers).catch(() => null))
  return value === undefined ? null : variables.replace(UNKNOWN, () => JSON.stringify(value))
}

function firstText(value) {
  if (typeof value !== 'object' || value === null) return value ?? undefined
  return firstText(Object.values(value)[0])
}
