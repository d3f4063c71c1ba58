/* Listings of containers, kept for a moment: one call serves all files of a folder. */
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { HostContext } from '../../kit/adapter.js'
import { SharedCalls } from '../../kit/shared-calls.js'
import { list, tokenOf } from './api.js'
import type { Entry } from './api.js'

/** A user asks for the files of a folder one after the other, ms. */
const FRESH_MS = 20_000
/** The largest has ten thousand entries. */
const MAX_LISTINGS = 16

interface Listing {
  entries: Entry[]
  /** Epoch ms. */
  until: number
}

const listings = new LRUCache<string, Listing>({ max: MAX_LISTINGS })
const underWay = new SharedCalls<Entry[]>()

/** recentEntries returns what this account saw in a container a moment ago, if it is worth keeping: several entries. */
export function recentEntries(ctx: HostContext, code: string): Entry[] | undefined {
  const listing = listings.get(keyOf(ctx, code))
  return listing !== undefined && listing.until > ctx.now() ? listing.entries : undefined
}

/** Asks the host, once for all who ask meanwhile, and keeps the answer for the other files of the container. */
export async function listEntries(ctx: HostContext, code: string): Promise<Entry[]> {
  const key = keyOf(ctx, code)
  listings.delete(key)
  const entries = await underWay.ask(key, ctx.signal, (signal) => list({ ...ctx, signal }, code))
  if (entries.length > 1) listings.set(key, { entries, until: ctx.now() + FRESH_MS })
  return entries
}

function keyOf(ctx: HostContext, code: string): string {
  const parts = [ctx.origin('api'), code, tokenOf(ctx), ctx.password ?? '']
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
