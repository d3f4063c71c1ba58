/** What a row says, by the names of its columns; `login` and `secret` are whatever the host calls them. */
export interface GivenAccount {
  line: number
  host: string
  fields: Readonly<Record<string, string>>
}
