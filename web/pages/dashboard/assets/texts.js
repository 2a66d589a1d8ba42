// What the page says: texts of the server's catalogues (resolvers/locale/*.po), known by their English wording.

const catalogue = JSON.parse(document.querySelector('meta[name="texts"]').content)
const language = document.documentElement.lang

/** How dates and times are written: as in Germany, or as in England. */
export const locale = { de: 'de-DE', en: 'en-GB' }[language]

const plurals = new Intl.PluralRules(language)
const whole = new Intl.NumberFormat(language)
const short = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 })

/** A number, with its thousands set apart. */
export const number = (count) => whole.format(count)

/** A number for places that have room for six digits. It may be broken before "millions". */
export const shortNumber = (count) => (count < 1_000_000 ? whole : short).format(count).replace('\u00a0', ' ')

/** The text, with its `{names}` filled in. */
export const _ = (message, values = {}) => filled(catalogue[message] ?? message, values)

/** The text in the form for `count`, which fills `{count}`: German and English have one form for one, and one for others. */
export function ngettext(one, many, count, values = {}) {
  const forms = catalogue[one] ?? [one, many]
  return filled(plurals.select(count) === 'one' ? forms[0] : forms.at(-1), { ...values, count: number(count) })
}

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (given, name) => values[name] ?? given)
