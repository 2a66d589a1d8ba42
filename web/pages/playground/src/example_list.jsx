// The examples, by what one wants to do.
import { EXAMPLES, TOPICS, described } from './examples.js'
import { Panel } from './panel.jsx'

export function ExampleList({ language, texts, open, reset }) {
  return (
    <Panel label={texts.examples} className="quiet" describes={texts.example}>
      {(close) => (
        <div className="examples">
          {TOPICS.map((topic) => (
            <div key={topic}>
              <h2>{texts.topics[topic]}</h2>
              <ul>
                {EXAMPLES.filter((one) => one.topic === topic).map((one) => (
                  <Example key={one.name} {...{ one, language, texts }} open={() => (close(), open(one))} />
                ))}
              </ul>
            </div>
          ))}
          <button type="button" className="quiet" onClick={() => (close(), reset())}>
            {texts.reset}
          </button>
        </div>
      )}
    </Panel>
  )
}

function Example({ one, language, texts, open }) {
  const [title, text] = described(one, language)
  return (
    <li>
      <button type="button" className="quiet" onClick={open}>
        {title}
      </button>
      {one.as && <span className="needs">{texts.needsSignIn}</span>}
      <p>{text}</p>
    </li>
  )
}
