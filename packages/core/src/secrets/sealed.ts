/** Every column that holds sealed values, and the purpose they are bound to. */
export const SEALED = {
  credentials: { table: 'host_account', column: 'sealed_credentials', purpose: 'host_account.credentials' },
  proxy: { table: 'host_account', column: 'sealed_proxy', purpose: 'host_account.proxy' },
  session: { table: 'host_account', column: 'sealed_session', purpose: 'host_account.session' },
  file: { table: 'source_file', column: 'sealed', purpose: 'source_file' },
  folder: { table: 'folder', column: 'sealed', purpose: 'folder.request' },
  folderLinks: { table: 'folder', column: 'sealed_links', purpose: 'folder.links' },
} as const

export type SealedColumn = keyof typeof SEALED
