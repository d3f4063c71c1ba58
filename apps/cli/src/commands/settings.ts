import { type SettingView, isChanged, settingsSchema } from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { table } from '../output.js'

export function registerSettings(program: Command, cli: Cli): void {
  program
    .command('settings')
    .description('what every process is set to, where that is from, and which processes take it; no secrets')
    .option('--changed', 'those alone that are set')
    .action(async ({ changed }: { changed?: true }) => {
      const { settings, ofAll } = await cli.admin().get(['settings'], settingsSchema)
      const shown = changed ? settings.filter(isChanged) : settings
      cli.print({ settings: shown, ofAll }, () => settingsTable(shown))
    })
}

const settingsTable = (settings: readonly SettingView[]): string =>
  table(settings, [
    { title: 'setting', cell: ({ name }) => name },
    { title: 'value', cell: valueCell },
    { title: 'from', cell: ({ source }) => FROM[source] },
    { title: 'default', cell: (setting) => (isChanged(setting) ? setting.default : null) },
    { title: 'processes', cell: ({ processes }) => processes.join(', ') },
  ])

const FROM = {
  ...{ environment: 'environment', file: '.env', made: 'npm start', default: 'default' },
  elsewhere: 'other processes',
} as const

function valueCell({ source, value, hidden }: SettingView): string {
  if (source === 'elsewhere') return 'not known here'
  return hidden ? 'set' : (value ?? 'not set')
}
