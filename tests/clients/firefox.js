// The pages in Firefox, driven by WebDriver BiDi, which it speaks itself: what a person sees and does on each.
// node firefox.js EXECUTABLE URL: prints JSON, what was seen and what the browser complained about.
import puppeteer from 'puppeteer-core'

const [executablePath, url] = process.argv.slice(2)
const browser = await puppeteer.launch({ browser: 'firefox', executablePath, headless: true, protocolTimeout: 240_000 })
const complaints = []
const seen = {}

async function ask(query, variables = {}, token = '') {
  const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) }
  const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
  return (await answer.json()).data
}

async function publish(title) {
  const signIn = 'mutation { signIn(input: {email: "member@mitwirk.example", password: "mitwirk-demo"}) { accessToken } }'
  const token = (await ask(signIn)).signIn.accessToken
  const input = { direction: 'SEEK', category: 'OTHER', title, description: 'Für alle.', publish: true }
  await ask('mutation ($input: CreateOfferInput!) { createOffer(input: $input) { userErrors { code } } }', { input }, token)
}

async function visit(path) {
  const page = await browser.newPage()
  page.setDefaultTimeout(120_000)
  page.on('pageerror', (error) => complaints.push(`${path}: ${error.message}`))
  page.on('console', (message) => message.type() === 'error' && complaints.push(`${path}: ${message.text()}`))
  await page.goto(url + path)
  return page
}

const text = (page, words) => page.waitForFunction((wanted) => document.body.innerText.includes(wanted), {}, words)

try {
  const board = await visit('/dashboard')
  await board.waitForSelector('#seek-list li')
  await publish('Aus dem Feuerfuchs')
  await text(board, 'Aus dem Feuerfuchs')
  seen.dashboard = true

  const playground = await visit('/graphql')
  await playground.waitForFunction(() => document.querySelector('.graphiql-query-editor .view-lines')?.innerText.includes('Board'))
  const run = async () => {
    const button = await playground.waitForSelector('.graphiql-execute-button')
    await button.click()
  }
  await run()
  const answer = () => __MONACO.editor.getModels().find((model) => model.uri.path.endsWith('response.json')).getValue()
  await playground.waitForFunction(`(${answer})() !== ''`)
  seen.playground = JSON.parse(await playground.evaluate(answer)).data.offers.nodes.length
  const live = await playground.waitForSelector('::-p-xpath(//button[contains(@class, "graphiql-tab-button")][contains(., "WatchBoard")])')
  await live.click()
  await playground.waitForFunction(() => document.querySelector('.graphiql-query-editor .view-lines')?.innerText.includes('WatchBoard'))
  await run()
  await playground.waitForFunction(() => document.querySelector('[role=status]')?.innerText.startsWith('Live'))
  await publish('Noch einmal, mit Feuer')
  await playground.waitForFunction(`(${answer})().includes('Noch einmal, mit Feuer')`)
  seen.subscription = true

  const docs = await visit('/docs')
  seen.docs = await docs.$$eval('main a', (links) => links.length)
  const embedded = await visit('/embed/board')
  await embedded.waitForSelector('li')
  seen.embedded = true
} finally {
  await browser.close()
}
console.log(JSON.stringify({ seen, complaints }))
