// The editors' colours: as GraphiQL's, but each at least 4.5 times as light or dark as what it stands on (WCAG 1.4.3),
// and with our accent.
import { useGraphiQL, useMonaco } from '@graphiql/react'
import { useLayoutEffect } from 'react'

/** Their names, for GraphiQL. */
export const EDITOR_THEMES = { light: 'mitwirk-light', dark: 'mitwirk-dark' }

const LIGHT = {
  base: 'vs',
  tokens: {
    comment: '#006b00',
    number: '#0a6647',
    annotation: '#5c5c5c',
    'type.identifier': '#00666b',
    'argument.identifier': '#5450b8',
  },
  accent: '#0b5c4b',
  onAccent: '#0b5c4b19',
  box: '#ffffff',
  field: '#3b4b6811',
  picked: '#444444',
  colors: {
    'editorLineNumber.foreground': '#1f6b82',
    'editorLineNumber.dimmedForeground': '#4f6670',
    'editorBracketHighlight.foreground2': '#1c6b1c',
  },
}

const DARK = {
  base: 'vs-dark',
  tokens: {
    comment: '#8fbf7c',
    annotation: '#eb9c9c',
    'argument.identifier': '#a8a3ff',
  },
  accent: '#6fdcc0',
  onAccent: '#6fdcc019',
  box: '#212a3b',
  field: '#b7c2d711',
  picked: '#ffffff',
  colors: {
    'editorLineNumber.foreground': '#9aa7ba',
    'editorLineNumber.dimmedForeground': '#94a1b3',
  },
}

const CLEAR = '#ffffff00'

function theme({ base, tokens, accent, onAccent, box, field, picked, colors }) {
  const of = (value, ...names) => Object.fromEntries(names.map((name) => [name, value]))
  return {
    base,
    inherit: true,
    rules: Object.entries(tokens).map(([token, foreground]) => ({ token, foreground })),
    colors: {
      ...of(CLEAR, 'editor.background', 'scrollbar.shadow'),
      ...of(accent, 'textLink.foreground', 'textLink.activeForeground', 'editorLink.activeForeground'),
      ...of(accent, 'list.highlightForeground', 'list.focusHighlightForeground', 'pickerGroup.foreground'),
      ...of(accent, 'editorSuggestWidget.selectedForeground', 'menu.selectionForeground'),
      ...of(accent, 'focusBorder', 'editorWidget.resizeBorder'),
      ...of(onAccent, 'list.hoverBackground', 'quickInputList.focusBackground', 'menu.selectionBackground'),
      ...of(onAccent, 'editorSuggestWidget.selectedBackground', 'toolbar.hoverBackground', 'inputOption.hoverBackground'),
      ...of(box, 'editorHoverWidget.background', 'editorSuggestWidget.background', 'editorWidget.background'),
      ...of(box, 'menu.background', 'quickInput.background'),
      'input.background': field,
      'quickInputList.focusForeground': picked,
      ...colors,
    },
  }
}

/** Tells the editors of these themes, once there are any. */
export function EditorThemes() {
  const monaco = useMonaco((state) => state.monaco)
  const chosen = useGraphiQL((state) => state.monacoTheme)
  useLayoutEffect(() => {
    if (!monaco) return
    monaco.editor.defineTheme(EDITOR_THEMES.light, theme(LIGHT))
    monaco.editor.defineTheme(EDITOR_THEMES.dark, theme(DARK))
    monaco.editor.setTheme(chosen)
  }, [monaco, chosen])
  return null
}
