import { createHash } from 'node:crypto'
import type { CannedAnswer } from '../../fake/fake-server.js'
import type { MegaAccount } from './fake-account.js'
import { sealedName } from '../../fake/mega-content.js'

export type Command = Readonly<Record<string, unknown>>

export const OWNER = 'OwnerHandle'

/** commandName is the name as in `calls`: a command that gives a URL is another one than the same that only looks. */
export function commandName({ a, g }: Command): string {
  return a === 'g' && g === 1 ? 'url' : String(a)
}

export function node(
  handle: string,
  parent: string,
  type: number,
  name: string,
  key: Buffer,
  top: string,
  sealedKey: Buffer,
): object {
  const a = sealedName(key, name)
  return {
    h: handle,
    p: parent,
    u: OWNER,
    t: type,
    a,
    k: `${top}:${sealedKey.toString('base64url')}`,
    ts: 1700000000,
  }
}

export function quotaOf({ paidUntil, plan, quota, used }: MegaAccount): object {
  const free = { utype: 0, tah: 6 }
  const paid = { utype: plan, suntil: paidUntil, mxfer: quota, caxfer: used, csxfer: 0, tuo: 0, tua: 0 }
  return plan === 0 ? free : paid
}

export function overQuota(seconds: number): CannedAnswer {
  return { status: 509, body: '', headers: seconds > 0 ? { 'x-mega-time-left': String(seconds) } : {} }
}

/** Whether a header answers a challenge `1:easiness:time:token`. */
export function proves(header: string | undefined, challenge: string): boolean {
  const [, easiness, , token = ''] = challenge.split(':')
  const [version, named, prefix = ''] = (header ?? '').split(':')
  if (version !== '1' || named !== token) return false
  const hash = createHash('sha256').update(Buffer.from(prefix, 'base64url'))
  const bytes = Buffer.from(token, 'base64url')
  for (let times = 0; times < 262_144; times++) hash.update(bytes)
  const bits = Number(easiness)
  return hash.digest().readUInt32BE() <= (((bits & 63) << 1) + 1) * 2 ** ((bits >> 6) * 7 + 3)
}
