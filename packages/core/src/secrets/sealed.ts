/** Every column that holds sealed values, the key of its table, and the purpose they are bound to. */
export const SEALED = {
  credentials: {
    table: 'host_account',
    key: 'id',
    column: 'sealed_credentials',
    purpose: 'host_account.credentials',
  },
  proxy: { table: 'host_account', key: 'id', column: 'sealed_proxy', purpose: 'host_account.proxy' },
  session: { table: 'host_account', key: 'id', column: 'sealed_session', purpose: 'host_account.session' },
  file: { table: 'source_file', key: 'id', column: 'sealed', purpose: 'source_file' },
  folder: { table: 'folder', key: 'id', column: 'sealed', purpose: 'folder.request' },
  folderLinks: { table: 'folder', key: 'id', column: 'sealed_links', purpose: 'folder.links' },
  canary: { table: 'host_setting', key: 'platform', column: 'sealed_canary', purpose: 'host_setting.canary' },
  mail: { table: 'mail', key: 'id', column: 'sealed_token', purpose: 'mail.token' },
  webhook: {
    table: 'notification_webhook',
    key: 'account_id',
    column: 'sealed',
    purpose: 'notification_webhook',
  },
  totp: { table: 'second_factor', key: 'account_id', column: 'sealed_totp', purpose: 'second_factor.totp' },
} as const

export type SealedColumn = keyof typeof SEALED
