/** Who says something of a trouble. */
export const SOURCES = ['terminal', 'log', 'doctor', 'ready', 'metric', 'alert'] as const
export type Source = (typeof SOURCES)[number]

/** What one of them says, in the words of docs/troubles.md. */
export interface Quotation {
  source: Source
  text: string
}

const ITEM = new RegExp(`^- (${SOURCES.join('|')}): `)

/** The quotations of docs/troubles.md by the headings of its sections: in items, between backticks. */
export function quotationsOf(page: string): Map<string, Quotation[]> {
  const sections = page.split(/^## /m).slice(1)
  return new Map(
    sections.map((section) => {
      const [title = '', ...lines] = section.split('\n')
      const items = lines.join('\n').split(/^(?=- )/m)
      return [title.trim(), items.flatMap(quotations)]
    }),
  )
}

function quotations(item: string): Quotation[] {
  const source = ITEM.exec(item)?.[1] as Source | undefined
  if (source === undefined) return []
  const [list = ''] = item.split('\n\n')
  return [...list.matchAll(/`([^`]+)`/g)].map(([, text = '']) => ({
    source,
    text: text.replace(/\s+/g, ' '),
  }))
}

/** Whether a line of it is what is quoted. `…` stands for anything. */
export function saysSo(said: string, quoted: string): boolean {
  const parts = quoted.split('…')
  return said.split('\n').some((line) => {
    const text = line.replace(/ +/g, ' ')
    let from = 0
    return parts.every((part) => {
      const at = text.indexOf(part.trim(), from)
      from = at + part.length
      return at >= 0
    })
  })
}
