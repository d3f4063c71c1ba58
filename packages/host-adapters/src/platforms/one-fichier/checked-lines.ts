/* Lines of check_links.pl, an older call that answers in text. */
import { bytesOf } from '../../kit/fields/numbers.js'
import { fromHtml } from '../../kit/fields/text.js'

/** CheckedLine is what `check_links.pl` says of a link; `private` is there, but not for everybody: no name and size. */
export type CheckedLine = { state: 'available'; name: string; size: number } | { state: 'gone' | 'private' }

const MARKS: ReadonlyMap<string, CheckedLine> = new Map([
  ['NOT FOUND', { state: 'gone' }],
  ['BAD LINK', { state: 'gone' }],
  ['PRIVATE', { state: 'private' }],
])

/**
 * The answer of `check_links.pl`, by the links as they were sent: a line `link;name;size` for a file, and
 * `link;;;MARK` for what cannot be had. A name may hold `;`, so a line is read from both ends. Lines that say
 * nothing are left out.
 */
export function readCheckedLines(text: string, urls: readonly string[]): Map<string, CheckedLine> {
  const asked = new Set(urls)
  const lines = text.split('\n').map((line) => line.trim())
  return new Map(
    lines.flatMap((line) => {
      const first = line.indexOf(';')
      const url = line.slice(0, Math.max(0, first))
      const read = asked.has(url) ? readRest(line.slice(first + 1)) : undefined
      return read === undefined ? [] : [[url, read] as const]
    }),
  )
}

function readRest(rest: string): CheckedLine | undefined {
  const last = rest.lastIndexOf(';')
  const [name, size] = [rest.slice(0, Math.max(0, last)), bytesOf(rest.slice(last + 1))]
  if (last > 0 && size !== undefined) return { state: 'available', name: fromHtml(name), size }
  return rest.startsWith(';;') ? MARKS.get(rest.slice(2).trim().toUpperCase()) : undefined
}
