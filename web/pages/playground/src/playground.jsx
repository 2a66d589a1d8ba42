import { GraphiQL, HISTORY_PLUGIN } from 'graphiql'
import { useGraphiQL } from '@graphiql/react'
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'

import { AccountStore } from './account.js'
import { Bar } from './bar.jsx'
import { examples, untouched } from './examples.js'
import { createFetcher } from './fetcher.js'
import { editors, lasting } from './storage.js'
import { LANGUAGES, TEXTS } from './texts.js'
import { isOutdated } from './upgrade.js'

const KEY = 'mitwirk:language'
const PLUGINS = [HISTORY_PLUGIN]
// Where variables and headers have room below the query. On a phone they are opened when needed.
const ROOMY = matchMedia('(min-width: 48rem)').matches

const account = new AccountStore()

/** The chosen language, or the one that the server found in the browser's own. */
function firstLanguage() {
  const chosen = lasting.getItem(KEY)
  return chosen in LANGUAGES ? chosen : document.documentElement.lang
}

export function Playground({ network, demonstration }) {
  const [language, setLanguage] = useState(firstLanguage)
  const [live, tell] = useState(null)
  const [outdated, setOutdated] = useState(false)
  const [edition, setEdition] = useState(0)
  const tabs = useRef([])
  const spoken = useRef(language)
  const [fetcher] = useState(() => createFetcher({ account, language: () => spoken.current, tell }))
  const texts = TEXTS[language]

  useEffect(() => {
    document.documentElement.lang = language
    document.title = `${network}: ${texts.title}`
  }, [network, language, texts])

  // A connection that comes back may lead to another build; so may a part of the page that can't be loaded any more.
  const before = useRef(live)
  useEffect(() => {
    if (before.current === 'lost' && live === 'connected') isOutdated().then((is) => is && setOutdated(true))
    before.current = live
  }, [live])
  useEffect(() => {
    const look = () => isOutdated().then((is) => is && setOutdated(true))
    addEventListener('vite:preloadError', look)
    return () => removeEventListener('vite:preloadError', look)
  }, [])

  /** GraphiQL anew, with the examples in this language. */
  function reset() {
    for (const name of ['tabState', 'query', 'variables', 'operationName']) editors.removeItem(`graphiql:${name}`)
    tell(null)
    setEdition(edition + 1)
  }

  function speak(next) {
    lasting.setItem(KEY, next)
    spoken.current = next
    if (untouched(tabs.current, language)) reset()
    setLanguage(next)
  }

  return (
    <>
      <Bar {...{ network, demonstration, account, language, texts, live, outdated, speak, reset }} />
      <main lang="en" aria-label={texts.playground}>
        <GraphiQL
          key={edition}
          fetcher={fetcher}
          storage={editors}
          plugins={PLUGINS}
          defaultTabs={examples(language)}
          defaultEditorToolsVisibility={ROOMY}
          shouldPersistHeaders={false}
          showPersistHeadersSettings={false}
          schemaDescription
          inputValueDeprecation
        >
          <GraphiQL.Logo>
            <span aria-hidden="true" />
          </GraphiQL.Logo>
          <Tabs into={tabs} />
          <Wrapping />
          <Authorization />
        </GraphiQL>
      </main>
    </>
  )
}

/** Tells which tabs are open. */
function Tabs({ into }) {
  const tabs = useGraphiQL((state) => state.tabs)
  useEffect(() => {
    into.current = tabs
  }, [into, tabs])
  return null
}

/** Breaks long lines: a token has no other end, and a phone little room. */
function Wrapping() {
  const { query, variables, headers, answer } = useGraphiQL((state) => ({
    query: state.queryEditor,
    variables: state.variableEditor,
    headers: state.headerEditor,
    answer: state.responseEditor,
  }))
  useEffect(() => {
    for (const editor of [query, variables, headers, answer]) editor?.updateOptions({ wordWrap: 'on' })
  }, [query, variables, headers, answer])
  return null
}

/** Keeps the token of who is signed in among the headers of the tab that is shown. */
function Authorization() {
  const { editor, tab } = useGraphiQL((state) => ({
    editor: state.headerEditor,
    tab: state.tabs[state.activeTabIndex]?.id,
  }))
  const current = useSyncExternalStore(account.subscribe, account.current)
  useEffect(() => {
    if (!editor) return
    const text = editor.getValue()
    const filled = account.fill(text)
    if (filled !== text) editor.setValue(filled)
  }, [editor, tab, current])
  return null
}
