// How the page is to look: a wall or a page, light or dark. Run before anything is drawn, so that nothing changes its look.

const asked = new URLSearchParams(location.search)
const dark = matchMedia('(prefers-color-scheme: dark)')
// 720p and more is a wall, lying or standing; phones and small windows get a page that scrolls.
const wall = matchMedia('(min-width: 1200px) and (min-height: 640px), (min-width: 700px) and (min-height: 1200px)')

function look() {
  const root = document.documentElement
  const given = (name, choices, otherwise) => (choices.includes(asked.get(name)) ? asked.get(name) : otherwise)
  root.dataset.theme = given('theme', ['light', 'dark'], dark.matches ? 'dark' : 'light')
  const view = given('view', ['page', 'wall'], wall.matches ? 'wall' : 'page')
  root.dataset.view = root.dataset.part === 'board' ? 'page' : view // in a frame it scrolls
  root.dataset.scope = asked.get('group') || asked.get('district') ? 'part' : 'all'
  const zoom = Number(asked.get('zoom'))
  root.style.setProperty('--zoom', zoom >= 0.5 && zoom <= 3 ? zoom : 1)
  const columns = Number(asked.get('columns'))
  root.dataset.columns = Number.isInteger(columns) && columns >= 1 && columns <= 6 ? columns : ''
}

look()
for (const one of [dark, wall]) one.addEventListener('change', look)
