import { LANGUAGES, REFUSALS, type RefusalCause, refusalTexts } from '@obb/contracts'
import type { Plugin } from 'vite'

/** What there is to import, and which refusals are in it: the form to sign in waits for few of them. */
const MODULES: Readonly<Record<string, readonly RefusalCause[]>> = {
  'virtual:refusal-texts': Object.keys(REFUSALS) as RefusalCause[],
  'virtual:entrance-refusals': ['signed_out', 'second_factor_needed', 'second_factor_wrong'],
}

/** refusalMessages gives pages what refusals say, of the API's own catalogue, without all else that stands there. */
export function refusalMessages(): Plugin {
  return {
    name: 'refusal-texts',
    resolveId: (id) => (id in MODULES ? `\0${id}` : undefined),
    load(id) {
      const causes = MODULES[id.slice(1)]
      if (!id.startsWith('\0') || causes === undefined) return undefined
      const texts = causes.map((cause) => [
        cause,
        Object.fromEntries(LANGUAGES.map((language) => [language, refusalTexts(cause, language).msg])),
      ])
      return `export default ${JSON.stringify(Object.fromEntries(texts))}`
    },
  }
}
