import { z } from 'zod'
import type { HostManifest } from './adapter.js'

const hostname = z
  .string()
  .regex(/^(?!www\.)[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'must be a lower-case hostname without www.')

const schema = z
  .strictObject({
    id: z.string().regex(/^[A-Za-z][A-Za-z0-9]*$/),
    domains: z.tuple([hostname], hostname),
    catchAll: z.boolean().optional(),
    enabledByDefault: z.boolean(),
    needsAccount: z.boolean(),
    limits: z.strictObject({
      maxChunks: z.int().min(1).max(64),
      maxDownloads: z.int().min(1).max(1000),
      resumable: z.boolean(),
    }),
    credentials: z.array(
      z.strictObject({
        name: z.enum(['email', 'username', 'password', 'apiKey']),
        label: z.string().min(1),
        secret: z.boolean(),
        required: z.boolean(),
      }),
    ),
    origins: z.record(z.string(), z.url({ protocol: /^https?$/ })),
    checkBatchSize: z.int().min(1).max(1000),
    accountCheckIntervalMs: z.int().min(0),
    requestGate: z.strictObject({ minIntervalMs: z.int().min(0), burst: z.int().min(1) }),
    reviewed: z.iso.date(),
  })
  .refine((manifest) => manifest.catchAll || manifest.domains.every((domain) => domain.includes('.')), {
    message: 'only a catch-all may list a pseudo name',
    path: ['domains'],
  })
  .refine((manifest) => !manifest.needsAccount || manifest.credentials.some((field) => field.required), {
    message: 'a platform that needs an account must name a required credential',
    path: ['credentials'],
  })

/** The faults of a manifest, one line each; none when it is sound. */
export function manifestFaults(manifest: HostManifest): string[] {
  const result = schema.safeParse(manifest)
  if (result.success) return []
  return result.error.issues.map((issue) => `${issue.path.join('.') || 'manifest'}: ${issue.message}`)
}
