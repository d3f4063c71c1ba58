import { z } from 'zod'
import { label } from '../fields.js'
import { typedPassword } from './fields.js'
import { code } from './sign-in.js'

/** Passkeys of one account at most. */
export const MAX_PASSKEYS = 20

/** Bytes as WebAuthn writes them in JSON, of at most `max` characters. */
const base64url = (max: number) =>
  z
    .string()
    .regex(/^[\w-]+$/)
    .max(max)

/** What browsers send beside the credential. */
const credential = {
  id: base64url(1400).describe('Id of the credential'),
  rawId: base64url(1400),
  type: z.literal('public-key'),
  authenticatorAttachment: z.string().max(32).optional(),
  clientExtensionResults: z.record(z.string().max(64), z.unknown()).default({}),
}

/** PublicKeyCredential.toJSON() of what a device has signed. */
export const assertionSchema = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url(2000),
    authenticatorData: base64url(2000),
    signature: base64url(4000),
    userHandle: base64url(100).nullish(),
  }),
})
export type Assertion = z.output<typeof assertionSchema>

/** The same of what a device has made. */
export const attestationSchema = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url(2000),
    attestationObject: base64url(16_000),
    transports: z.array(z.string().max(32)).max(10).default([]),
  }),
})
export type Attestation = z.output<typeof attestationSchema>

/** What the browser gives to the device: PublicKeyCredentialRequestOptions or -CreationOptions in JSON. */
export const webAuthnOptionsSchema = z
  .looseObject({ challenge: z.string() })
  .describe('As WebAuthn has it, in JSON')

export type WebAuthnOptions = z.infer<typeof webAuthnOptionsSchema>

/** Whoever is signed in shows once more who he is. */
export const confirmationSchema = z.union([
  z.strictObject({
    password: typedPassword,
    code: code.optional().describe('Of the second factor, where there is one, or a recovery code'),
  }),
  z.strictObject({ passkey: assertionSchema.describe('Answer to `passkeys/confirmation`') }),
])
export type Confirmation = z.output<typeof confirmationSchema>

/** The same where nothing is asked of who has neither password nor passkey. */
export const ownershipSchema = z.union([...confirmationSchema.options, z.strictObject({})])
export type Ownership = z.output<typeof ownershipSchema>

export const passkeySignInSchema = z.strictObject({ passkey: assertionSchema })

const name = label.describe('What it is called')
export const passkeyAddSchema = z.strictObject({ name, passkey: attestationSchema })
export const passkeyChangeSchema = z.strictObject({ name })

export const passkeyViewSchema = z.object({
  id: z.string().describe('Id of the passkey'),
  name: z.string().describe('What it is called'),
  rpId: z.string().describe('The name of this server that it is for'),
  createdAt: z.string().describe('When it was added; ISO 8601, UTC'),
  lastUsedAt: z.string().nullable().describe('When it was used last; ISO 8601, UTC; null: never'),
})
export type PasskeyView = z.infer<typeof passkeyViewSchema>
export const passkeyListSchema = z.array(passkeyViewSchema)
