import type { ListedLink } from '@obb/contracts'
import { call } from '../api/call.js'
import { askAnew } from '../api/query-client.js'
import { m } from '../shared/text.js'
import { SomeFailed, UNDOABLE, commitOne, postpone } from '../undo/postponed.js'

/** Ended at once. */
const AT_ONCE = 4

/**
 * Ends links; fails once all were tried, and of several tells how many are left. Few go at once: the page may be left
 * meanwhile.
 */
async function cancelLinks(ids: readonly string[]): Promise<void> {
  const waiting = [...ids]
  const failures: unknown[] = []
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      await call('DELETE link/{id}', { params: { id } }).catch((error: unknown) => failures.push(error))
    }
  }
  await Promise.all(Array.from({ length: ids.length <= UNDOABLE ? ids.length : AT_ONCE }, work))
  await askAnew()
  if (failures.length === 0) return
  throw ids.length === 1 ? failures[0] : new SomeFailed(failures.length, ids.length, failures[0])
}

/** cancelLinksSoon ends links unless that is taken back; `text` says so. Many are ended without a way back. */
export function cancelLinksSoon(links: readonly ListedLink[], text: string): void {
  const ids = links.map(({ linkId }) => linkId)
  const id = postpone(text, ids, () => cancelLinks(ids))
  if (ids.length > UNDOABLE) void commitOne(id)
}

/** cancelLinkSoon is the same for the link whose details are open. */
export function cancelLinkSoon(link: ListedLink): void {
  cancelLinksSoon([link], link.state === 'done' ? m.deleted({ count: 1 }) : m.stopped({ count: 1 }))
}
