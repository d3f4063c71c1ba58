import { LANGUAGES, REFUSALS, type RefusalCause, refusalTexts } from '@obb/contracts'
import type { Plugin } from 'vite'

const NAME = 'virtual:refusal-texts'
const RESOLVED = `\0${NAME}`

/** refusalMessages gives pages what refusals say, of the API's own catalogue, without all else that stands there. */
export function refusalMessages(): Plugin {
  return {
    name: 'refusal-texts',
    resolveId: (id) => (id === NAME ? RESOLVED : undefined),
    load(id) {
      if (id !== RESOLVED) return undefined
      const causes = Object.keys(REFUSALS) as RefusalCause[]
      const texts = causes.map((cause) => [
        cause,
        Object.fromEntries(LANGUAGES.map((language) => [language, refusalTexts(cause, language).msg])),
      ])
      return `export default ${JSON.stringify(Object.fromEntries(texts))}`
    },
  }
}
