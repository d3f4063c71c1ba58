/*
 * Calls with a token of version 2. Each is signed with a secret key that the host replaces now and then, and
 * says so in its answer, a refusal included; host and client have to take the same steps. So the calls of an
 * account are made one at a time, and what the session has become is kept after each, whatever the call ended
 * in. A step that was lost (the answer did not arrive) shows as a refused signature, which one login heals.
 */
import { z } from 'zod'
import type { HostContext } from '../../kit/adapter.js'
import { credentialsOf } from '../../kit/credentials.js'
import { HostError } from '../../kit/errors.js'
import { sentBy } from '@obb/host-http'
import { jsonOf } from '../../kit/json/json-text.js'
import type { CredentialField } from '../../kit/manifest.js'
import type { HostSession } from '../../kit/session/session-store.js'
import { ANSWERS, PLATFORM, api, hasNewKey } from './api.js'
import { loginSignature, nextSecretKey, signedFields } from './signature.js'

export const CREDENTIALS = [
  { name: 'email', label: 'E-mail', secret: false, required: true },
  { name: 'password', label: 'Password', secret: true, required: true },
  { name: 'applicationId', label: 'Application id', secret: false, required: true },
  { name: 'apiKey', label: 'API key of the application, if it has one', secret: true, required: false },
] as const satisfies readonly CredentialField[]

/** The host documents ten minutes for tokens of version 1 and nothing for these. */
const SESSION_MS = 60 * 60_000

const keysSchema = z.object({ sessionToken: z.string(), secretKey: z.int(), time: z.string() })
type Keys = z.infer<typeof keysSchema>

export interface SignedCall<T> {
  /** `user/get_info` … */
  name: string
  fields?: Readonly<Record<string, string>>
  answer: z.ZodType<T>
}

type Outcome<T> = { value: T } | { error: unknown }

interface Step<T> {
  session: HostSession
  outcome: Outcome<T>
}

/** The value of a call made with the account's session. Raises HostError. */
export async function callSigned<T>(ctx: HostContext, call: SignedCall<T>): Promise<T> {
  const outcome = await ctx.session.exclusive<Outcome<T>>(async (kept) => {
    const first = await step(ctx, call, kept ?? (await login(ctx)))
    if (!isExpired(first.outcome)) return { session: first.session, result: first.outcome }
    const second = await step(ctx, call, await login(ctx))
    if (!isExpired(second.outcome)) return { session: second.session, result: second.outcome }
    const cause = 'error' in second.outcome ? second.outcome.error : undefined
    const error = api.error('ACCOUNT_INVALID', 'host refuses a session it has just given', { cause })
    return { session: undefined, result: { error } }
  })
  if ('error' in outcome) throw outcome.error
  return outcome.value
}

async function step<T>(
  ctx: HostContext,
  { answer: schema, fields = {}, name }: SignedCall<T>,
  session: HostSession,
): Promise<Step<T>> {
  const keys = keysSchema.parse(JSON.parse(session.token))
  const url = `${ctx.origin('api')}/${name}.php`
  const request = { url, form: signedFields(new URL(url).pathname, fields, keys), signal: ctx.signal }
  let after = session
  try {
    const answer = await ctx.http.request(request)
    if (hasNewKey(jsonOf(answer.text)?.json)) {
      after = sessionOf({ ...keys, secretKey: nextSecretKey(keys.secretKey) }, session.expiresAt)
    }
    return {
      session: after,
      outcome: { value: api.read(name, answer, schema, ctx.now(), sentBy(request)) },
    }
  } catch (error) {
    return { session: after, outcome: { error } }
  }
}

async function login(ctx: HostContext): Promise<HostSession> {
  const { email, password, applicationId, apiKey = '' } = credentialsOf(ctx, PLATFORM, CREDENTIALS)
  const form = {
    email,
    password,
    application_id: applicationId,
    signature: loginSignature({ email, password, applicationId, apiKey }),
    token_version: '2',
    response_format: 'json',
  }
  const name = 'user/get_session_token'
  const request = { url: `${ctx.origin('api')}/${name}.php`, form }
  const { response } = await api.call(ctx, name, request, ANSWERS.login)
  const { secret_key: secretKey, session_token: sessionToken, time } = response
  return sessionOf({ sessionToken, secretKey, time }, ctx.now() + SESSION_MS)
}

function sessionOf(keys: Keys, expiresAt: number): HostSession {
  return { token: JSON.stringify(keys), expiresAt }
}

function isExpired(outcome: Outcome<unknown>): boolean {
  return 'error' in outcome && outcome.error instanceof HostError && outcome.error.kind === 'SESSION_EXPIRED'
}
