import { z } from 'zod'
import type { FileRef, HostContext } from '../../kit/adapter.js'
import { API_KEY, credentialsOf } from '../../kit/credentials.js'
import { HostError } from '../../kit/errors.js'
import type { HostErrorKind } from '../../kit/errors.js'
import { field } from '../../kit/fields/schema.js'
import { JsonApi } from '../../kit/json/json-api.js'
import type { Answer, Readers, ParsedRefusal } from '../../kit/json/json-api.js'
import { jsonOf } from '../../kit/json/json-text.js'
import { sentBy } from '../../http/redaction.js'
import { accountSchema, readAccount } from './account.js'
import type { XfsAccount } from './account.js'
import { fileCode } from './links.js'
import { REFUSALS } from './refusals.js'
import type { Site } from './site.js'

const envelopeSchema = z.object({ status: field.number, msg: field.text })

const rowSchema = z.object({
  status: field.number,
  file_status: field.number,
  filecode: field.text,
  file_code: field.text,
  name: field.text,
  file_title: field.text,
  size: field.bytes,
  file_sha256: field.text,
})
const filesSchema = z.object({ result: z.array(rowSchema) })

const version = z.object({ url: field.requiredUrl, size: field.bytes, name: field.text })
/** One link; of videos one per quality, as a map (original, high, normal, low) or as a list. */
const linkSchema = z.object({
  result: z.union([
    version,
    ...(['o', 'h', 'n', 'l'] as const).map((quality) =>
      z.object({ [quality]: version }).transform((versions, { issues }) => {
        const one = versions[quality]
        if (one === undefined) issues.push({ code: 'custom', message: 'no version', input: versions })
        return one ?? z.NEVER
      }),
    ),
    z
      .object({ versions: z.tuple([version], version) })
      .transform(({ versions }) => versions.find(({ name }) => name === 'o') ?? versions[0]),
  ]),
})

export type XfsRow = z.output<typeof rowSchema>

/** The methods of the script's API that are used here: GET, the key in the query, `{status, msg, result}`. */
export class XfsApi {
  private readonly json: JsonApi
  private readonly accountSchema: ReturnType<typeof accountSchema>

  constructor(private readonly site: Site) {
    this.json = new JsonApi({ platform: site.id, refusals: REFUSALS, parseRefusal })
    this.accountSchema = accountSchema(site)
  }

  async account(ctx: HostContext): Promise<XfsAccount> {
    const answer = await this.call(ctx, 'account/info', {}, this.accountSchema)
    return readAccount(answer, this.site, ctx.now())
  }

  /** Whether the account is given direct links, asked without a file. Raises the refusal if not. */
  async probe(ctx: HostContext): Promise<void> {
    try {
      await this.call(ctx, 'file/direct_link', { file_code: '' }, z.unknown(), 'probe')
    } catch (error) {
      const looked = error instanceof HostError && (error.kind === 'FILE_GONE' || error.kind === 'BAD_URL')
      if (!looked) throw error
    }
  }

  /** At most `checkBatchSize` files by code. */
  async files(ctx: HostContext, codes: readonly string[]): Promise<XfsRow[]> {
    const fields = { file_code: codes.join(',') }
    return (await this.call(ctx, 'file/info', fields, filesSchema)).result
  }

  /** A file by its short link. */
  async fileAt(ctx: HostContext, url: string): Promise<XfsRow | undefined> {
    return (await this.call(ctx, 'file/info', { url }, filesSchema)).result[0]
  }

  async directLink(ctx: HostContext, ref: FileRef): Promise<{ url: string; size: number | undefined }> {
    const fields = { file_code: fileCode(ref) }
    return (await this.call(ctx, 'file/direct_link', fields, linkSchema)).result
  }

  error(kind: HostErrorKind, message: string): HostError {
    return this.json.error(kind, message)
  }

  /** Readers of the answers, by method, for fuzzing. */
  readers(): Readers {
    const reader =
      <T>(method: string, schema: z.ZodType<T>) =>
      (text: string, status = 200): T =>
        this.read(method, { status, headers: {}, text }, schema, 0)
    const account = reader('account/info', this.accountSchema)
    return {
      account: (text, status) => readAccount(account(text, status), this.site, 0),
      files: reader('file/info', filesSchema),
      link: reader('file/direct_link', linkSchema),
    }
  }

  private async call<T>(
    ctx: HostContext,
    method: string,
    fields: Record<string, string>,
    schema: z.ZodType<T>,
    at = method,
  ): Promise<T> {
    const { apiKey } = credentialsOf(ctx, this.site.id, API_KEY)
    const request = { url: `${ctx.origin('api')}/${method}`, query: { key: apiKey, ...fields } }
    const answer = await ctx.http.request({ ...request, signal: ctx.signal })
    return this.read(at, answer, schema, ctx.now(), sentBy(request))
  }

  private read<T>(
    at: string,
    answer: Answer,
    schema: z.ZodType<T>,
    now: number,
    sent: readonly string[] = [],
  ): T {
    const text = jsonOf(answer.text) === undefined ? quotedAmounts(answer.text) : answer.text
    return this.json.read(at, { ...answer, text }, schema, now, sent)
  }
}

/** Amounts with a unit that a site forgets to put in quotes (`"premium_bandwidth": 1000.0 GB`). */
function quotedAmounts(text: string): string {
  return text.replace(/(":\s{0,8})(\d{1,15}(?:\.\d{1,9})? [KMGTP]?B)(?=\s{0,8}[,}])/g, '$1"$2"')
}

function parseRefusal(json: unknown, httpStatus: number): ParsedRefusal | undefined {
  const envelope = envelopeSchema.safeParse(json)
  if (!envelope.success) return undefined
  const { status = httpStatus, msg } = envelope.data
  return status === 200 ? undefined : { status, code: status, text: msg }
}
