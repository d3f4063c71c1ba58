/** The processes that have a role of their own in PostgreSQL; everything is made and owned by whoever migrates. */
export const ROLE_HOLDERS = ['api', 'fetcher', 'proxy'] as const
export type RoleHolder = (typeof ROLE_HOLDERS)[number]

export const roleOf = (process: RoleHolder): `obb_${RoleHolder}` => `obb_${process}`

/** The setting that has the password of that role; with it the process connects as the role. */
export const rolePasswordOf = <Name extends RoleHolder>(process: Name) =>
  `${process.toUpperCase() as Uppercase<Name>}_DATABASE_PASSWORD` as const

/** The same database, by another user than `url` names. Without a password: as nobody, for who adds one. */
export function databaseUrlAs(url: string, username = '', password = ''): string {
  const parsed = new URL(url)
  parsed.username = encodeURIComponent(username)
  parsed.password = encodeURIComponent(password)
  return parsed.href
}
