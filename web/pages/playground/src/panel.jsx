// A button that opens a panel below itself: closed by Escape, by a click elsewhere, and by what is in it.
import { useEffect, useId, useRef, useState } from 'react'

/** `children(close)` is what the panel holds; the first of it that takes the keyboard gets it. */
export function Panel({ label, className = '', describes, children }) {
  const [open, setOpen] = useState(false)
  const id = useId()
  const whole = useRef(null)
  const button = useRef(null)
  const panel = useRef(null)

  useEffect(() => {
    if (!open) return undefined
    panel.current.querySelector('input, button, a')?.focus()
    const elsewhere = ({ target }) => whole.current.contains(target) || setOpen(false)
    addEventListener('pointerdown', elsewhere)
    return () => removeEventListener('pointerdown', elsewhere)
  }, [open])

  function close() {
    setOpen(false)
    button.current?.focus()
  }

  return (
    <div className="opens" ref={whole} onKeyDown={(event) => event.key === 'Escape' && open && close()}>
      <button
        type="button"
        ref={button}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        className={className}
        onClick={() => setOpen(!open)}
      >
        {label}
      </button>
      {open && (
        <section id={id} className="panel" ref={panel} aria-label={describes}>
          {children(close)}
        </section>
      )}
    </div>
  )
}
