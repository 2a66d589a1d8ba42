// What a subscription has told so far, below its newest answer.
import { useSyncExternalStore } from 'react'

export function UpdateList({ updates, language, texts }) {
  const shown = useSyncExternalStore(updates.subscribe, updates.current)
  if (!shown.length) return null
  const time = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 })
  return (
    <section className="updates" lang={language} aria-label={texts.updates}>
      <h2>
        {texts.updates} <span>{shown[0].number}</span>
        {shown.length < shown[0].number && <small>{texts.newest.replace('{count}', shown.length)}</small>}
      </h2>
      <ol>
        {shown.map((update) => (
          <li key={update.number}>
            <details>
              <summary>
                <span className="number">{update.number}</span>
                <time dateTime={update.time.toISOString()}>{time.format(update.time)}</time>
                <code>{preview(update.text)}</code>
              </summary>
              <pre tabIndex={0}>{update.text}</pre>
            </details>
          </li>
        ))}
      </ol>
    </section>
  )
}

/** The answer in a line, without what all of them begin with. */
const preview = (text) =>
  text
    .replace(/\s+/g, ' ')
    .replace(/^\{ "data": (\{ "\w+": )?/, '')
    .slice(0, 300)
