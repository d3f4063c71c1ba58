/* Logins of both versions of accounts. */
import { pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'
import type { HostContext } from '../../kit/adapter.js'
import { credentialsOf } from '../../kit/credentials.js'
import type { HostSession } from '../../kit/session/session-store.js'
import type { CredentialField } from '../../kit/manifest.js'
import { TOTP_SECRET, totpCode } from '../../kit/totp.js'
import { withSession } from '../../kit/session/with-session.js'
import { PLATFORM, api, ask, responses } from './api.js'
import { FOLDER_KEY_BYTES, bytesOfBase64, unwrapKey } from '../../kit/mega/keys.js'
import { legacyLoginHash, legacyPasswordKey } from './legacy-password.js'
import { sessionIdOf } from './session-id.js'

export const CREDENTIALS = [
  { name: 'email', label: 'E-mail', secret: false, required: true },
  { name: 'password', label: 'Password', secret: true, required: true },
  TOTP_SECRET,
] as const satisfies readonly CredentialField[]

/** The host keeps a session until it is closed; it is renewed all the same. */
const SESSION_MS = 30 * 86_400_000
const PBKDF2_ROUNDS = 100_000
const slowHash = promisify(pbkdf2)

interface Proof {
  /** Unwraps the master key. */
  key: Buffer
  /** Hash that the host is told in place of the password, base64url. */
  hash: string
}

/** Runs `work` with the account's session, and once more with a new one if the host has forgotten it. */
export function withAccount<T>(ctx: HostContext, work: (session: string) => Promise<T>): Promise<T> {
  return withSession(
    ctx,
    PLATFORM,
    () => login(ctx),
    ({ token }) => work(token),
  )
}

/** The password itself never leaves: the host is told what follows from it and the account's salt. */
async function login(ctx: HostContext): Promise<HostSession> {
  const credentials = credentialsOf(ctx, PLATFORM, CREDENTIALS)
  const user = credentials.email.trim().toLowerCase()
  const { s, v } = await ask(ctx, 'login', { a: 'us0', user }, responses.us0)
  const { hash, key } = await proofOf(user, credentials.password, v, s)
  const { totpSecret } = credentials
  const code = totpSecret === undefined ? {} : { mfa: totpCode(totpSecret, ctx.now()) }
  const { csid, k, privk } = await ask(ctx, 'login', { a: 'us', user, uh: hash, ...code }, responses.us)
  const master = unwrapKey(key, bytesOfBase64(k, FOLDER_KEY_BYTES) ?? Buffer.alloc(0))
  return { token: sessionOf(master, privk, csid), expiresAt: ctx.now() + SESSION_MS }
}

async function proofOf(user: string, password: string, version?: number, salt?: string): Promise<Proof> {
  if (version === 1) {
    const key = await legacyPasswordKey(password)
    return { key, hash: await legacyLoginHash(user, key) }
  }
  const bytes = bytesOfBase64(salt ?? '')
  if (version !== 2 || bytes === undefined || bytes.length === 0) {
    throw api.error('UNEXPECTED', 'account is of a version that is not known')
  }
  const derived = await slowHash(password, bytes, PBKDF2_ROUNDS, 32, 'sha512')
  return { key: derived.subarray(0, 16), hash: derived.subarray(16).toString('base64url') }
}

/** Raises UNEXPECTED for what is no session. */
export function sessionOf(master: Buffer, privk: string, csid: string): string {
  try {
    const key = unwrapKey(master, bytesOfBase64(privk) ?? Buffer.alloc(0))
    return sessionIdOf(key, bytesOfBase64(csid) ?? Buffer.alloc(0))
  } catch {
    // OpenSSL's words say nothing, and its errors may carry key material.
    throw api.error('UNEXPECTED', 'answer of login holds no session')
  }
}
