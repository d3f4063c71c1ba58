import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { AccountInfo, ExpandedLink, HostContext } from '../../kit/adapter.js'
import { credentialsOf } from '../../kit/credentials.js'
import { field } from '../../kit/fields/schema.js'
import { addLinks } from '../../kit/folder.js'
import type { ParsedRefusal, Readers } from '../../kit/json/json-api.js'
import { KeyedApi } from '../../kit/json/keyed-api.js'
import type { CredentialField } from '../../kit/manifest.js'
import { accountOf, accountSchema } from './account.js'
import { linkTo } from './links.js'
import { REFUSALS } from './refusals.js'

export const PLATFORM = 'GoFile'
export const CREDENTIALS = [
  { name: 'token', label: 'API token', secret: true, required: true },
] as const satisfies readonly CredentialField[]

const PAGE_SIZE = 1000
/** A page of children, of about a kilobyte each. */
const MAX_PAGE_BYTES = 8 * 1024 * 1024

const childSchema = z.object({
  id: field.requiredText,
  type: field.text,
  name: field.text,
  size: field.bytes,
  md5: field.text,
  code: field.text,
  link: field.requiredUrl.optional().catch(undefined),
})
type Child = z.infer<typeof childSchema>

const contentsSchema = z.object({
  data: childSchema.partial({ id: true }).extend({
    passwordStatus: field.text,
    canAccess: field.flag,
    children: z.record(z.string(), childSchema).nullish(),
  }),
  metadata: z.object({ hasNextPage: field.flag }).optional().catch(undefined),
})

const refusedSchema = z.object({
  status: field.text,
  data: z.object({ message: field.text, error: field.text }).optional().catch(undefined),
})

/** Entry is a file or a folder in a container. */
export interface Entry extends ExpandedLink {
  id: string
  kind: 'file' | 'folder'
  md5: string | undefined
  /** Address of the bytes; for who has the token. */
  link: string | undefined
}

export const api = new KeyedApi({
  platform: PLATFORM,
  refusals: REFUSALS,
  parseRefusal,
  credentials: CREDENTIALS,
  signed: ({ token }) => ({ headers: { authorization: `Bearer ${token}` } }),
  answers: {
    'accounts/getid': z.object({ data: z.object({ id: field.requiredText }) }),
    account: accountSchema,
    contents: contentsSchema,
  },
})

/** Answers by the name of their call, for fuzzing. */
export const readers: Readers = {
  id: api.answerReaders['accounts/getid'],
  account: (text, status) => accountOf(api.answerReaders.account(text, status).data),
  contents: (text, status) => requireAccess(api.answerReaders.contents(text, status).data),
}

export function tokenOf(ctx: HostContext): string {
  return credentialsOf(ctx, PLATFORM, CREDENTIALS).token
}

export async function account(ctx: HostContext): Promise<AccountInfo> {
  const { id } = (await api.ask(ctx, 'accounts/getid')).data
  const url = `${ctx.origin('api')}/accounts/${encodeURIComponent(id)}`
  return accountOf((await api.ask(ctx, 'account', { url })).data)
}

/** All of a container. Raises HostError: FILE_GONE, FILE_RESTRICTED, and those of passwords. */
export async function list(ctx: HostContext, code: string): Promise<Entry[]> {
  const entries: Entry[] = []
  for (let page = 1; ; page++) {
    const request = {
      url: `${ctx.origin('api')}/contents/${code}`,
      query: {
        page: String(page),
        pageSize: String(PAGE_SIZE),
        ...(ctx.password !== undefined && { password: sha256(ctx.password) }),
      },
      maxBytes: MAX_PAGE_BYTES,
    }
    const { data, metadata } = await api.ask(ctx, 'contents', request)
    requireAccess(data)
    const { id } = data
    // The id of a file is answered with the file itself, which is nobody's child.
    const isFile = data.type === 'file' && id !== undefined
    const children = isFile ? [{ ...data, id }] : Object.values(data.children ?? {})
    addLinks(
      PLATFORM,
      entries,
      children.map((child) => entryOf(code, child)),
    )
    if (metadata?.hasNextPage !== true || children.length === 0) return entries
  }
}

/** An open answer may yet hold a closed container. */
function requireAccess({ canAccess, passwordStatus }: z.infer<typeof contentsSchema>['data']): void {
  const status = passwordStatus?.toLowerCase()
  if (status === 'passwordrequired') throw api.error('FILE_PASSWORD_REQUIRED', 'folder wants a password')
  if (status === 'passwordwrong') throw api.error('FILE_PASSWORD_WRONG', 'password of the folder is wrong')
  if (canAccess === false) throw api.error('FILE_RESTRICTED', 'account may not see the folder')
}

function entryOf(code: string, { code: own, id, link, md5, name, size, type }: Child): Entry {
  const kind = type === 'folder' ? 'folder' : 'file'
  return {
    url: kind === 'folder' ? linkTo(own ?? id) : linkTo(code, id),
    id,
    kind,
    md5,
    link,
    ...(name !== undefined && { name }),
    ...(size !== undefined && kind === 'file' && { size }),
  }
}

function parseRefusal(json: unknown, httpStatus: number): ParsedRefusal | undefined {
  const { data: told } = refusedSchema.safeParse(json)
  const good = told?.status === undefined ? httpStatus < 400 : told.status === 'ok'
  if (good) return undefined
  return { code: told?.status, text: told?.data?.message ?? told?.data?.error ?? told?.status }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
