// The tabs of operations, in place of GraphiQL's own, whose `role="tab"` holds two buttons; see ../mends.js.
//
// As https://www.w3.org/WAI/ARIA/apg/patterns/tabs/ has it: arrow keys, Home and End go from tab to tab, Enter opens,
// Delete closes. What opens waits for Enter, for it ends a subscription that runs. A button that closes is no tab, so
// the list of tabs owns (`aria-owns`) them without what stands beside them.
import { cn, CloseIcon, UnStyledButton } from '@graphiql/react'
import { Reorder } from 'framer-motion'
import { createContext, useContext, useEffect, useLayoutEffect, useRef } from 'react'

const List = createContext(null)
const One = createContext(null)

const GOING = {
  ArrowLeft: (at, all) => at - 1 + all,
  ArrowRight: (at) => at + 1,
  Home: () => 0,
  End: (_at, all) => all - 1,
}

/** As GraphiQL calls its own: `values` are the tabs, each of the children is the `Tab` of one. */
export function Tabs({ ref, values, onReorder, className, children, 'aria-label': label }) {
  const closing = useRef(false)
  const list = useRef(null)

  // Who closes a tab goes on with the one that is shown, not at the top of the page.
  useLayoutEffect(() => {
    if (closing.current) list.current.querySelector('[aria-selected="true"]')?.focus()
    closing.current = false
  }, [values.length])

  function go(event) {
    const tabs = [...list.current.querySelectorAll('[role="tab"]')]
    const at = tabs.indexOf(event.target)
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
    if (event.key === 'Delete') return event.target.nextElementSibling?.click()
    if (!(event.key in GOING)) return
    event.preventDefault()
    tabs[GOING[event.key](at, tabs.length) % tabs.length].focus()
  }

  return (
    <List.Provider value={closing}>
      <div role="tablist" aria-label={label} aria-owns={children.map((tab) => idOf(tab)).join(' ')} />
      <Reorder.Group
        ref={(element) => {
          list.current = ref.current = element
        }}
        role="presentation"
        className={cn('graphiql-tabs', className)}
        axis="x"
        {...{ values, onReorder }}
        onKeyDown={go}
      >
        {children}
      </Reorder.Group>
    </List.Provider>
  )
}

/** Its first child is a `Tab.Button`; a second one, where there is one, closes it. */
const idOf = (tab) => tab.props.children[0].props.id

/** One of them: what opens it, and what closes it. */
export function Tab({ value, isActive, children, ...props }) {
  return (
    <One.Provider value={{ title: value.title, isActive }}>
      <Reorder.Item
        {...props}
        value={value}
        role="presentation"
        dragElastic={false}
        className={cn('graphiql-tab', isActive && 'graphiql-tab-active')}
      >
        {children}
      </Reorder.Item>
    </One.Provider>
  )
}

Tab.Button = function TabButton(props) {
  const { isActive } = useContext(One)
  const button = useRef(null)
  useEffect(() => {
    if (isActive) button.current.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [isActive])
  return (
    <UnStyledButton
      {...props}
      ref={button}
      type="button"
      role="tab"
      aria-selected={isActive}
      aria-keyshortcuts="Delete"
      tabIndex={isActive ? 0 : -1}
      className="graphiql-tab-button"
    />
  )
}

// GraphiQL finds by its neighbour which tab it closes.
Tab.Close = function TabClose({ onClick }) {
  const closing = useContext(List)
  const { title } = useContext(One)

  function close(event) {
    closing.current = true
    onClick(event)
  }

  return (
    <UnStyledButton type="button" aria-label={`Close ${title}`} className="graphiql-tab-close" onClick={close}>
      <CloseIcon />
    </UnStyledButton>
  )
}
