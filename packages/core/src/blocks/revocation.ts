import type { EntityManager } from 'typeorm'
import { type Clock, dateOf } from '../clock/index.js'
import { type FileState, transitions } from '../files/index.js'
import { blockLink, revokeLinks } from '../links/index.js'
import { lockFile } from '../locks/index.js'

export interface Revoked {
  /** Bytes, or a fetch of them, were given up. */
  stored: boolean
  links: number
}

const TAKE_OUT = { blocked: transitions.block, removed: transitions.remove }

/**
 * Takes a file out that is blocked, or that an operator removes: its fetch ends, its object is given up, its live links
 * end. What was charged for a file that was not whole comes back. Takes the locks itself; does nothing the second time.
 */
export async function revokeFile(
  tx: EntityManager,
  clock: Clock,
  fileId: string,
  why: keyof typeof TAKE_OUT,
): Promise<Revoked> {
  await lockFile(tx, fileId)
  const [file] = await tx.query<{ state: FileState }[]>('SELECT state FROM source_file WHERE id = $1', [
    fileId,
  ])
  if (!file) return { stored: false, links: 0 }
  const stored = await TAKE_OUT[why](tx, fileId, dateOf(clock))
  const links = await revokeLinks(tx, clock, fileId, { why, whole: file.state === 'done' })
  return { stored, links }
}

/** Ends one link, whose own name is blocked; the fetch ends if nobody else wants the file. Takes the locks itself. */
export async function revokeLink(
  tx: EntityManager,
  clock: Clock,
  { id, fileId }: { id: string; fileId: string },
): Promise<void> {
  await lockFile(tx, fileId)
  if ((await blockLink(tx, clock, id)) === 'unfinished') await transitions.abandon(tx, fileId, dateOf(clock))
}
