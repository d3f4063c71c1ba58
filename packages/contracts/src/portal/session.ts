import { z } from 'zod'

export const ROLES = ['user', 'operator'] as const
export const roleSchema = z.enum(ROLES)
export type Role = z.infer<typeof roleSchema>

export const LANGUAGES = ['en', 'zh-TW'] as const
export const languageSchema = z.enum(LANGUAGES)
export type Language = z.infer<typeof languageSchema>

/** Who is signed in. */
export const signedInSchema = z.object({
  email: z.string(),
  role: roleSchema,
  language: languageSchema.nullable().describe("null: the browser's"),
  passkeys: z.number().int().nonnegative().describe('How many'),
  totp: z.boolean().describe('A code is asked for beside the password'),
})

export const sessionSchema = z.object({
  user: signedInSchema.nullable(),
  setUp: z.boolean().describe('Nobody is an operator yet'),
  signInWith: z.array(z.enum(['password', 'passkey', 'oidc'])),
  version: z.string(),
})
export type SessionAnswer = z.infer<typeof sessionSchema>

export const sessionListSchema = z.array(
  z.object({
    id: z.string(),
    client: z.string().nullable().describe('User-Agent of its last request'),
    address: z.string().describe('Of its last request; of IPv6 the network'),
    createdAt: z.string(),
    seenAt: z.string().describe('To the minute'),
    current: z.boolean(),
  }),
)
export type SessionList = z.infer<typeof sessionListSchema>

/** What has nothing to say but that it is done. */
export const doneSchema = z.object({})
export type Done = z.infer<typeof doneSchema>
