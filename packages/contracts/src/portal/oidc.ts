import { z } from 'zod'
import { linkToken } from './fields.js'

/**
 * A path of this server, with or without a query. Browsers take `//` and `/\\` for another server, and leave out tabs
 * and line breaks before they look.
 */
const LOCAL_PATH = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/

export const oidcStartSchema = z.strictObject({
  returnTo: z
    .string()
    .max(2_000)
    .regex(LOCAL_PATH, 'must be a path of this server')
    .default('/')
    .describe('Path of the page that is shown once somebody is signed in'),
  invitation: linkToken.optional().describe('Token of an invitation, by which an account may be made'),
})
export type OidcStart = z.input<typeof oidcStartSchema>

export const oidcStartedSchema = z.object({
  url: z.string().describe('Where the browser goes: a page of the OpenID provider'),
})
export type OidcStarted = z.infer<typeof oidcStartedSchema>

export const linkedIdentitySchema = z.object({
  linked: z
    .object({
      email: z.string().nullable().describe('As the provider told it; null: it did not'),
      linkedAt: z.string().describe('ISO 8601, UTC'),
    })
    .nullable()
    .describe('Who one is at the OpenID provider; null: nobody'),
  isOnlyWay: z
    .boolean()
    .describe('Neither a password nor a passkey lets one sign in: none is asked for, and it stays'),
})
export type LinkedIdentityView = z.infer<typeof linkedIdentitySchema>
