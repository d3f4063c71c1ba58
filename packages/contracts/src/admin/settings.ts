import { z } from 'zod'
import { SETTING_GROUP_NAMES } from './setting-groups.js'

export const SETTING_PROCESSES = ['api', 'fetcher', 'proxy', 'migrate', 'backup'] as const
const sourceSchema = z
  .enum(['environment', 'file', 'made', 'default', 'elsewhere'])
  .describe(
    '`file`: `.env`; `made`: by `npm start`, which keeps it; `elsewhere`: other processes are told it and the gateway is not',
  )
export type SettingSource = z.infer<typeof sourceSchema>

export const settingViewSchema = z.object({
  name: z.string().describe('Name of the setting, as in docs/settings.md'),
  group: z.enum(SETTING_GROUP_NAMES).describe('The part of docs/settings.md that tells of it'),
  source: sourceSchema,
  value: z
    .string()
    .nullable()
    .describe(
      'As it would stand in `.env`, URLs without who gets in; null: not set, hidden or not known here',
    ),
  default: z.string().nullable().describe('What it is where nobody sets it; null: nothing'),
  hidden: z
    .boolean()
    .describe('It is set, and is not told: a secret, or to strangers the name of something of the operator'),
  partial: z.boolean().describe('Of a URL: its user, password and query are left out of the value'),
  processes: z
    .array(z.enum(SETTING_PROCESSES))
    .describe('Those that are told it, and take it anew at a restart'),
  atStart: z
    .boolean()
    .describe('`./obb restart` does not take it anew: `npm start` is ended and started again'),
})
export type SettingView = z.infer<typeof settingViewSchema>

export const settingsSchema = z.object({
  settings: z.array(settingViewSchema).describe('Every setting of every process, in groups'),
  ofAll: z
    .boolean()
    .describe('`npm start` told what every process is told; else values are those of the gateway'),
})
export type SettingsView = z.infer<typeof settingsSchema>
