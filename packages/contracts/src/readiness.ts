import { z } from 'zod'
import { failureSchema } from './envelope.js'

/** What a process may need to do its work. */
export const CHECK_NAMES = [
  'database',
  'migrations',
  'clock',
  'queue',
  'secrets',
  'fetchers',
  'store',
  'sweeps',
] as const

export const readinessCheckSchema = z.object({
  name: z.enum(CHECK_NAMES).describe('What was looked at'),
  status: z.enum(['ok', 'failing']).describe('Whether the process can work with it'),
  detail: z.string().optional().describe('What was seen; no addresses and no secrets'),
  action: z.string().optional().describe('What the operator can do; there while it is failing'),
})
export type Check = z.infer<typeof readinessCheckSchema>
export type CheckName = Check['name']

export const readinessSchema = z.object({
  ready: z.boolean().describe('Whether every check is ok'),
  checks: z.array(readinessCheckSchema).describe('Of what this process needs, one each'),
})
export type ReadinessView = z.infer<typeof readinessSchema>

/** UnreadyAnswer is the envelope of a failure with all checks beside it. */
export const unreadySchema = failureSchema.extend({
  data: readinessSchema.describe('All checks, those that are ok as well'),
})

/** Whether the process runs and answers; nothing else is asked for it. */
export const livenessSchema = z.object({ status: z.literal('ok').describe('This process answers') })
export type LivenessView = z.infer<typeof livenessSchema>
