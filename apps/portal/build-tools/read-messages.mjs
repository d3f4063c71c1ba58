/*
 * Reads messages/*.json for Paraglide, which would fetch its own reader from the network: a key per message, `{name}`
 * for what is put in, and `{ one, other }` for what depends on the number `count`.
 */
const FILES = ['', 'operator.']

function pattern(text) {
  return text
    .split(/(\{\w+\})/)
    .filter((part) => part !== '')
    .map((part) =>
      /^\{\w+\}$/.test(part)
        ? { type: 'expression', arg: { type: 'variable-reference', name: part.slice(1, -1) } }
        : { type: 'text', value: part },
    )
}

const textsOf = (message) => (typeof message === 'string' ? [message] : Object.values(message))

function inputsOf(message) {
  const names = textsOf(message).flatMap((text) => text.match(/\{\w+\}/g) ?? [])
  return new Set([
    ...names.map((name) => name.slice(1, -1)),
    ...(typeof message === 'string' ? [] : ['count']),
  ])
}

const PLURAL = {
  type: 'local-variable',
  name: 'countPlural',
  value: {
    type: 'expression',
    arg: { type: 'variable-reference', name: 'count' },
    annotation: { type: 'function-reference', name: 'plural', options: [] },
  },
}

export default {
  key: 'obb.messages',
  toBeImportedFiles: ({ settings }) =>
    FILES.flatMap((prefix) =>
      settings.locales.map((locale) => ({ path: `./messages/${prefix}${locale}.json`, locale })),
    ),
  importFiles: ({ files }) => {
    const bundles = new Map()
    const messages = []
    const variants = []
    for (const { locale, content } of files) {
      for (const [id, message] of Object.entries(JSON.parse(new TextDecoder().decode(content)))) {
        const known = bundles.get(id) ?? { inputs: new Set(), isPlural: false }
        const isPlural = typeof message !== 'string'
        for (const name of inputsOf(message)) known.inputs.add(name)
        bundles.set(id, { inputs: known.inputs, isPlural: known.isPlural || isPlural })
        const selectors = isPlural ? [{ type: 'variable-reference', name: 'countPlural' }] : []
        messages.push({ bundleId: id, locale, selectors })
        const cases = isPlural ? Object.entries(message) : [[undefined, message]]
        for (const [plural, text] of cases) {
          const match =
            plural === 'other'
              ? { type: 'catchall-match', key: 'countPlural' }
              : { type: 'literal-match', key: 'countPlural', value: plural }
          variants.push({
            messageBundleId: id,
            messageLocale: locale,
            matches: plural === undefined ? [] : [match],
            pattern: pattern(text),
          })
        }
      }
    }
    return {
      bundles: [...bundles].map(([id, { inputs, isPlural }]) => ({
        id,
        declarations: [
          ...[...inputs].map((name) => ({ type: 'input-variable', name })),
          ...(isPlural ? [PLURAL] : []),
        ],
      })),
      messages,
      variants,
    }
  },
}
