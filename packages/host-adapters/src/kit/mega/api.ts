/* The API of Mega and of its other services: commands in an array, answered in an array or by one negative number. */
import { randomInt } from 'node:crypto'
import type { z } from 'zod'
import { sentBy } from '@obb/host-http'
import type { HostContext } from '../adapter.js'
import { enteredBy } from '../credentials.js'
import { numberOf } from '../fields/numbers.js'
import { JsonApi } from '../json/json-api.js'
import type { ParsedRefusal } from '../json/json-api.js'
import type { RefusalRule } from '../refusal-rule.js'
import { parts } from './answers.js'
import { solveChallenge } from './proof-of-work.js'

/** A tree of ten thousand nodes takes 4 MB. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024
const MAX_SEQUENCE = 2 ** 32

export type Command = Readonly<Record<string, string | number>>
/** What commands are about, or on whose behalf they are given: parameters beside the call's number. */
export type Scope = Readonly<Record<string, string>>

export class MegaApi extends JsonApi {
  constructor(platform: string, refusals: readonly RefusalRule[]) {
    super({ platform, refusals, parseRefusal })
  }

  /**
   * askAll returns what each command answers, to be read by `readPart`: a refusal of one is not one of the others. `at`
   * names the call in the table of refusals.
   */
  async askAll(
    ctx: HostContext,
    at: string,
    commands: readonly Command[],
    scope: Scope = {},
  ): Promise<unknown[]> {
    const request = {
      url: `${ctx.origin('api')}/cs`,
      // The number tells repetitions of one call from new ones.
      query: { id: String(randomInt(MAX_SEQUENCE)), ...scope },
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
    const list = this.read(at, answer, parts, ctx.now(), [...sentBy(request), ...enteredBy(ctx)])
    if (list.length === commands.length) return list
    throw this.error('UNEXPECTED', `answer of ${at} has another number of parts`)
  }

  /** ask sends one command and returns what it answers. */
  async ask<T>(
    ctx: HostContext,
    at: string,
    command: Command,
    schema: z.ZodType<T>,
    scope: Scope = {},
  ): Promise<T> {
    const [answer] = await this.askAll(ctx, at, [command], scope)
    return this.readPart(at, answer, schema, ctx.now())
  }
}

/** A negative number alone, or as `e` beside what is left of the answer. */
function parseRefusal(json: unknown): ParsedRefusal | undefined {
  const code = refusalCode(json) ?? refusalCode((json as { e?: unknown } | null)?.e)
  return code === undefined ? undefined : { code }
}

/** The number by which an answer refuses. */
export function refusalCode(json: unknown): number | undefined {
  const code = numberOf(json)
  return code !== undefined && code < 0 ? code : undefined
}
