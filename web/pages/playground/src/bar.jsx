// Our own bar above GraphiQL: examples, the link to share, documentation, language, sign-in.
import { ROOT } from './address.js'
import { Account } from './account.jsx'
import { ExampleList } from './example_list.jsx'
import { LANGUAGES } from './texts.js'

export function Bar({ network, demonstration, documented, account, language, texts, live, told, outdated, ...acts }) {
  const { speak, reset, open, share, say } = acts
  return (
    <header className="bar" data-live={live ?? ''}>
      <h1>{network}</h1>
      {!live && <p className="title">{texts.title}</p>}
      <p role="status" className="live">
        {live && texts[live]}
      </p>
      <div className="controls">
        {outdated && (
          <button type="button" className="main" onClick={() => location.reload()}>
            {texts.outdated}
          </button>
        )}
        <ExampleList {...{ language, texts, open, reset }} />
        <button type="button" className="quiet" onClick={share}>
          {texts.share}
        </button>
        {documented && (
          <a href={`${ROOT}/docs`} target="_blank" rel="noreferrer">
            {texts.documentation}
          </a>
        )}
        <div role="group" aria-label={texts.language} className="languages">
          {Object.entries(LANGUAGES).map(([code, name]) => (
            <button key={code} type="button" lang={code} aria-pressed={code === language} onClick={() => speak(code)}>
              <span className="name">{name}</span>
              <span className="code" aria-hidden="true">
                {code.toUpperCase()}
              </span>
            </button>
          ))}
        </div>
        <Account {...{ account, demonstration, language, texts, say }} />
      </div>
      <div className="told" aria-live="polite">
        {told?.text && <p key={told.number}>{told.text}</p>}
        {told?.link && <input readOnly aria-label={told.text} value={told.link} onFocus={({ target }) => target.select()} />}
      </div>
    </header>
  )
}
