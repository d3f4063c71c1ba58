import type { HostContext } from './adapter.js'
import { HostError } from './errors.js'
import type { CredentialField } from './manifest.js'

type Names<Fields extends readonly CredentialField[], Required extends boolean> = Extract<
  Fields[number],
  { required: Required }
>['name']

/** API_KEY is the credential field of the many hosts that want an API key. */
export const API_KEY = [
  { name: 'apiKey', label: 'API key', secret: true, required: true },
] as const satisfies readonly CredentialField[]

/** Required fields as text, optional ones perhaps absent. */
export type Credentials<Fields extends readonly CredentialField[]> = Readonly<
  Record<Names<Fields, true>, string> & Partial<Record<Names<Fields, false>, string>>
>

/** All that the operator entered for the account, and what cookies are made of: no message may repeat it. */
export function enteredBy({ account }: Pick<HostContext, 'account'>): string[] {
  return Object.values(account?.credentials ?? {}).flatMap((text) => [text, ...text.split(/;\s*|=/)])
}

/**
 * What the operator entered for the account, by the names of the platform's fields, which are declared
 * `as const satisfies readonly CredentialField[]`. Raises CONFIG when there is no account or a required
 * field is empty.
 */
export function credentialsOf<const Fields extends readonly CredentialField[]>(
  ctx: Pick<HostContext, 'account'>,
  platform: string,
  fields: Fields,
): Credentials<Fields> {
  const given = ctx.account?.credentials ?? {}
  const missing = fields.filter(({ name, required }) => required && !given[name]).map(({ name }) => name)
  if (missing.length > 0) {
    throw new HostError('CONFIG', `${platform}: account has no ${missing.join(', ')}`)
  }
  const known = fields.flatMap(({ name }) => (given[name] ? [[name, given[name]] as const] : []))
  return Object.fromEntries(known) as Credentials<Fields>
}
