import type { ListedLink } from '@obb/contracts'

/** Something that the palette does. */
export interface Command {
  id: string
  label: string
  /** What kind of thing it is. */
  kind: string
  run: () => void
}

/** Those with all words in their name or kind, whatever the case; those whose name begins so come first. */
export function foundCommands(commands: readonly Command[], words: string): Command[] {
  const wanted = words.trim().toLowerCase()
  const parts = wanted.split(/\s+/)
  const isFound = ({ label, kind }: Command) => {
    const text = `${label} ${kind}`.toLowerCase()
    return parts.every((part) => text.includes(part))
  }
  const begins = ({ label }: Command) => Number(!label.toLowerCase().startsWith(wanted))
  return commands.filter(isFound).sort((a, b) => begins(a) - begins(b))
}

/** Where the keys lead in a list of so many; undefined of other keys. */
export function stepped(key: string, at: number, count: number): number | undefined {
  if (count === 0) return undefined
  switch (key) {
    case 'ArrowDown':
      return (at + 1) % count
    case 'ArrowUp':
      return (at - 1 + count) % count
    case 'PageDown':
      return Math.min(count - 1, at + 8)
    case 'PageUp':
      return Math.max(0, at - 8)
    default:
      return undefined
  }
}

/** The page that has a link in its list, with its details open. */
export function placeOf({ linkId, state }: Pick<ListedLink, 'linkId' | 'state'>, search: string) {
  if (state === 'done') return { to: '/files', search: { search, link: linkId } } as const
  const isOver = state === 'error' || state === 'ended'
  return { to: '/downloads', search: { ...(isOver && { state }), search, link: linkId } } as const
}
