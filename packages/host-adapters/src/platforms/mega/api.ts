import { randomInt } from 'node:crypto'
import { z } from 'zod'
import type { HostContext } from '../../kit/adapter.js'
import { enteredBy } from '../../kit/credentials.js'
import { numberOf } from '../../kit/fields/numbers.js'
import { field } from '../../kit/fields/schema.js'
import { sentBy } from '@obb/host-http'
import { JsonApi } from '../../kit/json/json-api.js'
import type { ParsedRefusal } from '../../kit/json/json-api.js'
import { solveChallenge } from './proof-of-work.js'
import { REFUSALS } from './refusals.js'

export const PLATFORM = 'Mega'

/** A tree of ten thousand nodes takes 4 MB. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024
const MAX_SEQUENCE = 2 ** 32

/** Names of calls, as in the table of refusals. */
export type CallName = 'login' | 'account' | 'file' | 'folder'

/** On whose behalf, and in which folder, commands are given. */
export interface CallScope {
  session?: string
  /** Handle of a folder whose link was made public. */
  folder?: string
}

export type Command = Readonly<Record<string, string | number>>

export const api = new JsonApi({ platform: PLATFORM, refusals: REFUSALS, parseRefusal })

/** responses are the schemas of what a command answers, by its letters. */
export const responses = {
  us0: z.object({ v: field.number, s: field.text }),
  us: z.object({ k: field.requiredText, privk: field.requiredText, csid: field.requiredText }),
  uq: z.object({
    utype: field.number,
    suntil: field.time,
    mxfer: field.bytes,
    caxfer: field.bytes,
    csxfer: field.bytes,
    tuo: field.bytes,
    tua: field.bytes,
  }),
  g: z.object({ s: field.bytes, at: field.text }),
  url: z.object({ s: field.bytes, at: field.text, g: field.requiredUrl }),
  f: z.object({
    f: z.array(
      z.object({
        h: field.text,
        p: field.text,
        t: field.number,
        a: field.text,
        k: field.text,
        s: field.bytes,
      }),
    ),
  }),
}

/** One for each command. */
export const parts = z.array(z.unknown())

/** ask sends one command and returns what it answers. */
export async function ask<T>(
  ctx: HostContext,
  at: CallName,
  command: Command,
  schema: z.ZodType<T>,
  scope: CallScope = {},
): Promise<T> {
  const [answer] = await askAll(ctx, at, [command], scope)
  return api.readPart(at, answer, schema, ctx.now())
}

/**
 * askAll returns what each command answers, to be read by `api.readPart`: a refusal of one is not one of the others.
 */
export async function askAll(
  ctx: HostContext,
  at: CallName,
  commands: readonly Command[],
  { folder, session }: CallScope = {},
): Promise<unknown[]> {
  const request = {
    url: `${ctx.origin('api')}/cs`,
    query: {
      // Tells repetitions of one call from new ones.
      id: String(randomInt(MAX_SEQUENCE)),
      ...(session !== undefined && { sid: session }),
      ...(folder !== undefined && { n: folder }),
    },
    json: commands,
    idempotent: true,
    maxBytes: MAX_ANSWER_BYTES,
    signal: ctx.signal,
  }
  let answer = await ctx.http.request(request)
  const challenge = answer.headers['x-hashcash']
  if (challenge !== undefined) {
    const headers = { 'x-hashcash': await solveChallenge(challenge, ctx.signal) }
    answer = await ctx.http.request({ ...request, headers })
  }
  const where = session === undefined ? at : 'session'
  const list = api.read(where, answer, parts, ctx.now(), [...sentBy(request), ...enteredBy(ctx)])
  if (list.length === commands.length) return list
  throw api.error('UNEXPECTED', `answer of ${at} has another number of parts`)
}

/** A negative number alone, or as `e` beside what is left of the answer. */
function parseRefusal(json: unknown): ParsedRefusal | undefined {
  const code = numberOf(json) ?? numberOf((json as { e?: unknown } | null)?.e)
  return code !== undefined && code < 0 ? { code } : undefined
}
