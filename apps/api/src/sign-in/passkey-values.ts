import { CHALLENGE_MS, type Passkey } from '@obb/core/sign-in'

/** What the device is told, ms. */
export const CHALLENGE_TTL_MS = CHALLENGE_MS

export const bytesOf = (base64url: string): Uint8Array<ArrayBuffer> & Buffer =>
  Buffer.from(base64url, 'base64url')

/** The account, as a device keeps it beside a passkey: its id, which says nothing of the person. */
export const userHandleBytes = (accountId: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.from(accountId.replaceAll('-', ''), 'hex'))

export const userHandleOf = (accountId: string): string =>
  Buffer.from(userHandleBytes(accountId)).toString('base64url')

/** The challenge that an answer says it is to; undefined where it says none. */
export function challengeIn(clientDataJson: string): string | undefined {
  try {
    const { challenge } = JSON.parse(Buffer.from(clientDataJson, 'base64url').toString()) as {
      challenge?: unknown
    }
    return typeof challenge === 'string' ? challenge : undefined
  } catch {
    return undefined
  }
}

/** By which a browser finds a passkey. */
export const descriptorOf = ({
  credentialId,
  transports,
}: Passkey): { id: string; transports: string[] } => ({
  ...{ id: credentialId.toString('base64url'), transports },
})
