/** Characters that hosts put before their JSON by mistake; more is no JSON. */
const MAX_STRAY = 16

/**
 * The JSON in an answer: behind a byte order mark, blanks, or a few stray characters before the first brace,
 * which some hosts let slip. Undefined when there is none.
 */
export function jsonOf(text: string): { json: unknown } | undefined {
  const plain = text.replace(/^\uFEFF/, '').trim()
  return tryParse(plain) ?? behindStray(plain)
}

function behindStray(text: string): { json: unknown } | undefined {
  const head = text.slice(0, MAX_STRAY)
  const start = head.search(/[{[]/)
  return start <= 0 || head.startsWith('<') ? undefined : tryParse(text.slice(start))
}

function tryParse(text: string): { json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}
