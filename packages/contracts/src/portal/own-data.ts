import { z } from 'zod'
import { userSchema } from '../admin/users.js'
import { bytes, keyName } from '../fields.js'
import { linkStateSchema } from '../link-list.js'
import { notificationsSchema } from '../notifications.js'
import { keyListSchema } from './keys.js'
import { passkeyListSchema } from './passkeys.js'
import { sessionListSchema, signedInSchema } from './session.js'
import { keyUsageSchema, ownLedgerEntrySchema } from './traffic.js'

const time = (what: string) => z.string().describe(`${what}; ISO 8601, UTC`)
/** All of an id is as good as the file. */
const link = z.string().describe('Beginning of its id')

/** All that this server knows of who is signed in. Nothing in it lets anybody in, or download. */
export const ownDataSchema = z.object({
  exportedAt: time('When it was asked for'),
  profile: z.object({
    ...userSchema.pick({ id: true, email: true, role: true, state: true, createdAt: true, expiresAt: true })
      .shape,
    ...userSchema.pick({ trafficLeft: true, trafficMax: true, dailyPerHost: true, hostCaps: true }).shape,
    ...signedInSchema.pick({ language: true, totp: true }).shape,
  }),
  keys: keyListSchema.describe('Without the keys themselves'),
  keyUsage: keyUsageSchema.shape.keys.describe('What each key used in the last 90 days'),
  sessions: sessionListSchema,
  passkeys: passkeyListSchema,
  identities: z.array(
    z.object({
      issuer: z.string().describe('The OpenID provider'),
      subject: z.string().describe('Who one is there'),
      email: z.string().nullable().describe('As the provider told it'),
      linkedAt: time('When it was linked'),
    }),
  ),
  notifications: notificationsSchema
    .pick({ events: true, webhook: true, hosts: true, quiet: true })
    .describe('What one is told of, and by what'),
  links: z
    .array(
      z.object({
        link,
        fileName: z.string(),
        size: bytes.describe('Bytes'),
        platform: z.string().describe('Id of the platform'),
        hostDomain: z.string().describe('Hostname as it was written'),
        package: z.string().nullable().describe('What it belongs to'),
        key: keyName,
        state: linkStateSchema,
        createdAt: time('When it was made'),
        expiresAt: time('When it ends, or would have ended'),
        endedAt: time('When it ended').nullable(),
        shares: z.array(
          z.object({
            createdAt: time('When it was made'),
            expiresAt: time('When it ends at the latest'),
            downloads: z.number().int().nonnegative().describe('Clients that were counted'),
            maxDownloads: z.number().int().positive().describe('How many there may be'),
          }),
        ),
      }),
    )
    .describe('The newest first, with those that have ended'),
  ledger: z
    .array(ownLedgerEntrySchema.omit({ linkId: true }).extend({ link: link.optional() }))
    .describe('Every movement of traffic, the newest first'),
})
export type OwnData = z.infer<typeof ownDataSchema>
