/* Signatures of logins and calls. */
import { createHash } from 'node:crypto'

/** SigningKeys are what a token of version 2 signs calls with. */
export interface SigningKeys {
  sessionToken: string
  /** Replaced whenever an answer says `new_key`. */
  secretKey: number
  /** Time as the host wrote it. */
  time: string
}

export interface LoginParts {
  email: string
  password: string
  applicationId: string
  /** Empty for applications that have none. */
  apiKey: string
}

/** `signature` of a login: SHA-1, lower-case hex. */
export function loginSignature({ email, password, applicationId, apiKey }: LoginParts): string {
  return createHash('sha1')
    .update(email + password + applicationId + apiKey)
    .digest('hex')
}

/** The fields of a signed call, in the order in which they are sent: `signature` covers all before it. */
export function signedFields(
  path: string,
  fields: Readonly<Record<string, string>>,
  keys: SigningKeys,
): Record<string, string> {
  const named = Object.entries({ ...fields, response_format: 'json', session_token: keys.sessionToken })
  const sorted = named.sort(([a], [b]) => (a < b ? -1 : 1))
  const signature = callSignature(`${path}?${new URLSearchParams(sorted).toString()}`, keys)
  return { ...Object.fromEntries(sorted), signature }
}

/** MD5 of path and query as they are sent, lower-case hex. */
export function callSignature(uri: string, { secretKey, time }: SigningKeys): string {
  return createHash('md5')
    .update(`${secretKey % 256}${time}${uri}`)
    .digest('hex')
}

/** The step of the host's generator (MINSTD); exact below 2^53. */
export function nextSecretKey(secretKey: number): number {
  return (secretKey * 16_807) % 2_147_483_647
}
