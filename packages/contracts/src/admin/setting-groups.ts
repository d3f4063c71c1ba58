/** As docs/settings.md has them. */
export const SETTING_GROUP_NAMES = [
  ...(['runs', 'reached', 'databases', 'files', 'fetching', 'backups', 'secrets', 'mail'] as const),
] as const
export type SettingGroup = (typeof SETTING_GROUP_NAMES)[number]

/** Whether it is not as it is by default. */
export const isChanged = ({ source }: { source: string }): boolean =>
  source === 'environment' || source === 'file'
