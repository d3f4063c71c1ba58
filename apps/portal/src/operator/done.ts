/** How long what was done stands there, ms. */
const SHOWN_MS = 6_000

let shown = ''
let timer: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

function show(text: string): void {
  shown = text
  for (const listener of listeners) listener()
}

/** tellDone says in a sentence what was done, until the next sentence or for a while. */
export function tellDone(text: string): void {
  clearTimeout(timer)
  timer = setTimeout(() => show(''), SHOWN_MS)
  show(text)
}

export const doneText = () => shown

export function onDone(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
