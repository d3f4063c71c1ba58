import { z } from 'zod'

export const ROLES = ['user', 'operator'] as const
export const roleSchema = z.enum(ROLES).describe('`operator`: has the admin API in the portal')
export type Role = z.infer<typeof roleSchema>

export const LANGUAGES = ['en', 'zh-TW'] as const
export const languageSchema = z.enum(LANGUAGES).describe('Language of the pages')
export type Language = z.infer<typeof languageSchema>

/** How one may sign in here, in the order in which pages offer it. */
export const SIGN_IN_WAYS = ['password', 'passkey', 'oidc'] as const
export type SignInWay = (typeof SIGN_IN_WAYS)[number]

/** Who is signed in. */
export const signedInSchema = z.object({
  email: z.string().describe('E-mail, in lower case'),
  role: roleSchema,
  language: languageSchema.nullable().describe("null: the browser's"),
  passkeys: z.number().int().nonnegative().describe('How many'),
  totp: z.boolean().describe('A code is asked for beside the password'),
})

export const sessionSchema = z.object({
  user: signedInSchema.nullable().describe('Who is signed in; null: nobody'),
  viewing: z
    .object({
      operator: z.string().describe('Who looks on, by e-mail'),
      secondsLeft: z.number().int().nonnegative().describe('Until the view ends by itself'),
    })
    .nullable()
    .describe('An operator looks on as `user`, and can change nothing; null: it is the user'),
  setUp: z.boolean().describe('Nobody is an operator yet'),
  signInWith: z
    .array(z.enum(SIGN_IN_WAYS))
    .describe('Ways to sign in. `passkey`: where this server is reached over HTTPS by name, or as localhost'),
  mail: z.boolean().describe('Mails are sent: who has forgotten a password may ask for a link by e-mail'),
  oidcName: z.string().nullable().describe('Of the OpenID provider, for people; null: there is none'),
  oidcSignUp: z.boolean().describe('An invitation is taken with an identity of the OpenID provider, too'),
  version: z.string().describe('Version of this server'),
})
export type SessionAnswer = z.infer<typeof sessionSchema>

export const sessionListSchema = z.array(
  z.object({
    id: z.string().describe('Id of the session'),
    client: z.string().nullable().describe('User-Agent of its last request'),
    address: z.string().describe('Of its last request; of IPv6 the network'),
    createdAt: z.string().describe('When it was signed in; ISO 8601, UTC'),
    seenAt: z.string().describe('When it was used last, to the minute; ISO 8601, UTC'),
    current: z.boolean().describe('Whether it is the one that asks'),
  }),
)
export type SessionList = z.infer<typeof sessionListSchema>

/** What has nothing to say but that it is done. */
export const doneSchema = z.object({})
export type Done = z.infer<typeof doneSchema>
