import type { z } from 'zod'
import type { HostContext } from '../adapter.js'
import { credentialsOf } from '../credentials.js'
import type { Credentials } from '../credentials.js'
import type { HostRequest } from '@obb/host-http'
import type { CredentialField } from '../manifest.js'
import { JsonApi } from './json-api.js'
import type { JsonApiOptions, ReadersOf } from './json-api.js'

interface Signature {
  headers?: Record<string, string>
  query?: Record<string, string>
}

export type KeyedRequest = Omit<Partial<HostRequest>, 'query'> & Signature

export interface KeyedApiOptions<Answers, Fields extends readonly CredentialField[]> extends JsonApiOptions {
  /** Schemas of what each call answers, by its name. */
  answers: Answers
  /** Credential fields of the manifest. */
  credentials: Fields
  /** How a request carries the credentials of the account. */
  signed(credentials: Credentials<Fields>): Signature
  /** path returns the path of a call, below the origin `api`. Default: its name. */
  path?(name: string): string
}

/** A JSON API whose calls carry the credentials of the account themselves, without a login: a key, most often. */
export class KeyedApi<
  Answers extends Readonly<Record<string, z.ZodType>>,
  const Fields extends readonly CredentialField[],
> extends JsonApi {
  /** By the name of the call, for fuzzing. */
  readonly answerReaders: ReadersOf<Answers>

  constructor(private readonly keyed: KeyedApiOptions<Answers, Fields>) {
    super(keyed)
    this.answerReaders = this.readers(keyed.answers)
  }

  /** A signed call by its name; `call` is for those that anybody may make. Raises HostError. */
  async ask<Name extends keyof Answers & string>(
    ctx: HostContext,
    name: Name,
    request: KeyedRequest = {},
  ): Promise<z.infer<Answers[Name]>> {
    const { answers, credentials, path = String, platform } = this.keyed
    const { headers, query } = this.keyed.signed(credentialsOf(ctx, platform, credentials))
    const signed = {
      url: `${ctx.origin('api')}/${path(name)}`,
      ...request,
      headers: { ...headers, ...request.headers },
      query: { ...query, ...request.query },
    }
    return this.call(ctx, name, signed, answers[name] as z.ZodType<z.infer<Answers[Name]>>)
  }
}
