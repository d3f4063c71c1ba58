import type { GivenAccount } from './given-account.js'

/*
 * The file that pyLoad keeps accounts in, `accounts.cfg`, as its own reader takes it (pyload/pyload, AccountManager):
 * `version: 1` first, then the name of a plugin with a colon, and below it lines of `login:password`, of which the
 * first colon parts the two; lines that begin with `@` are options of the account above, those with `#` are nothing.
 */

/** How such a file begins. */
export const PYLOAD_VERSION = /^\uFEFF?version ?: ?\d{1,4}\r?(?:\n|$)/

export function pyloadAccounts(text: string): GivenAccount[] {
  const accounts: GivenAccount[] = []
  let host = ''
  for (const [at, each] of text.split('\n').entries()) {
    const line = each.trim()
    if (line === '' || /^(?:[#@]|version)/.test(line)) continue
    const colon = line.indexOf(':')
    if (colon === -1) continue
    if (colon === line.length - 1) host = line.slice(0, -1)
    else {
      const fields = { login: line.slice(0, colon), secret: line.slice(colon + 1) }
      accounts.push({ line: at + 1, host, fields })
    }
  }
  return accounts
}
