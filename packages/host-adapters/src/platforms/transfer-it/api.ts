import { pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'
import { nodes } from '../../kit/mega/answers.js'
import { MegaApi } from '../../kit/mega/api.js'
import type { Scope } from '../../kit/mega/api.js'
import { FILE_KEY_BYTES, bytesOfBase64 } from '../../kit/mega/keys.js'
import { NodeTree } from '../../kit/mega/tree.js'
import type { NodeKeys } from '../../kit/mega/tree.js'
import type { HostContext } from '../../kit/adapter.js'
import { HostError } from '../../kit/errors.js'
import { REFUSALS } from './refusals.js'

export const PLATFORM = 'TransferIt'

const SALT_BYTES = 6
const PBKDF2_ROUNDS = 100_000
const slowHash = promisify(pbkdf2)

export const api = new MegaApi(PLATFORM, REFUSALS)

/** Nodes state their keys as they are: who has the link, and the password, may read everything. */
export const PLAIN_KEYS: NodeKeys = {
  api,
  keysIn(text) {
    const key = bytesOfBase64(text, FILE_KEY_BYTES)
    return key === undefined ? [] : [key]
  },
  closed: 'UNEXPECTED',
}

/** What opens a transfer, as parameters of a call. The password itself never leaves. */
export async function scopeOf({ password }: HostContext, transfer: string): Promise<Scope> {
  if (password === undefined) return { x: transfer }
  return { x: transfer, pw: await passwordToken(transfer, password) }
}

/** What the host knows a password by: it is bound to the transfer. */
export async function passwordToken(transfer: string, password: string): Promise<string> {
  const part = Buffer.from(transfer, 'base64url').subarray(-SALT_BYTES)
  const salt = Buffer.concat([part, part, part])
  return (await slowHash(password.trim(), salt, PBKDF2_ROUNDS, 32, 'sha256')).toString('base64url')
}

/** All that is in the transfer of a scope. Raises FILE_GONE, FILE_PASSWORD_REQUIRED and FILE_PASSWORD_WRONG. */
export async function readTransfer(ctx: HostContext, scope: Scope): Promise<NodeTree> {
  try {
    return NodeTree.of(await api.ask(ctx, 'transfer', { a: 'f', c: 1, r: 1 }, nodes, scope), PLAIN_KEYS)
  } catch (error) {
    // The host has one number for both.
    const isClosed = error instanceof HostError && error.kind === 'FILE_PASSWORD_REQUIRED'
    if (isClosed && scope['pw'] !== undefined) throw api.error('FILE_PASSWORD_WRONG', 'password is wrong')
    throw error
  }
}
