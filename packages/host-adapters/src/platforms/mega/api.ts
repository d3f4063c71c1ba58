import { z } from 'zod'
import { nodes } from '../../kit/mega/answers.js'
import { MegaApi } from '../../kit/mega/api.js'
import type { Command, Scope } from '../../kit/mega/api.js'
import type { HostContext } from '../../kit/adapter.js'
import { field } from '../../kit/fields/schema.js'
import { REFUSALS } from './refusals.js'

export const PLATFORM = 'Mega'

/** Names of calls, as in the table of refusals. */
export type CallName = 'login' | 'account' | 'file' | 'folder'

/** On whose behalf, and in which folder, commands are given. */
export interface CallScope {
  session?: string
  /** Handle of a folder whose link was made public. */
  folder?: string
}

export const api = new MegaApi(PLATFORM, REFUSALS)

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
  f: nodes,
}

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

/** The number in place of a whole answer is about the session, where there is one. */
export function askAll(
  ctx: HostContext,
  at: CallName,
  commands: readonly Command[],
  { folder, session }: CallScope = {},
): Promise<unknown[]> {
  const scope: Scope = {
    ...(session !== undefined && { sid: session }),
    ...(folder !== undefined && { n: folder }),
  }
  return api.askAll(ctx, session === undefined ? at : 'session', commands, scope)
}
