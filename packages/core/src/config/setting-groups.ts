import type { SettingGroup } from '@obb/contracts'
import type { Config } from './config.js'

/** Every setting, as docs/settings.md has them. */
export const SETTING_GROUPS = {
  runs: ['OBB_HOME', 'LOG_LEVEL'],
  reached: [
    ...([
      'HOST',
      'API_PORT',
      'PROXY_PORT',
      'ADMIN_HOST',
      'ADMIN_PORT',
      'API_WORKERS',
      'PROXY_WORKERS',
    ] as const),
    ...(['PUBLIC_API_URL', 'PUBLIC_PROXY_URL', 'TRUSTED_PROXIES', 'ERRORS_AS_200', 'RATE_LIMIT'] as const),
    'MAX_CONNECTIONS',
  ],
  databases: [
    ...(['DATABASE_URL', 'DATABASE_PASSWORD', 'API_DATABASE_PASSWORD', 'FETCHER_DATABASE_PASSWORD'] as const),
    ...(['PROXY_DATABASE_PASSWORD', 'API_DATABASE_POOL', 'PROXY_DATABASE_POOL'] as const),
    ...(['FETCHER_DATABASE_POOL', 'REDIS_URL', 'REDIS_PASSWORD'] as const),
  ],
  files: [
    ...(['S3_ENDPOINT', 'S3_BUCKET', 'S3_REGION', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const),
    ...(['S3_PREFIX', 'LINK_TTL', 'FILE_TTL', 'FACTS_TTL', 'HISTORY_TTL', 'STORAGE_QUOTA'] as const),
    'STORAGE_RESERVE',
  ],
  fetching: [
    ...([
      'FETCHER_CONCURRENCY',
      'FETCHER_BANDWIDTH',
      'FETCHER_SPEED_FLOOR',
      'HTTP_UNKNOWN_SIZE_MAX',
    ] as const),
    ...(['FETCHER_DRAIN', 'REPAIR_MAX', 'FETCHER_PORT', 'API_MONITOR_PORT', 'PROXY_MONITOR_PORT'] as const),
    ...(['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_TRACES_SAMPLER_ARG'] as const),
    ...(['MONITOR_HOST', 'FETCH_ALLOW_NETWORKS', 'FETCH_HASHES', 'FETCH_DIGESTS'] as const),
    ...(['SERVE_WHILE_FETCHING', 'PROXY_OFFLOAD'] as const),
  ],
  backups: ['BACKUP_DIR', 'BACKUP_KEEP', 'BACKUP_PASSPHRASE'],
  secrets: [
    ...(['SECRETS_KEY', 'SECRETS_KEYS_OLD', 'ADMIN_TOKEN', 'SETUP_CODE', 'OIDC_ISSUER'] as const),
    ...(['OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'OIDC_NAME', 'OIDC_SCOPES', 'OIDC_SIGN_UP'] as const),
    ...(['OIDC_OPERATOR_CLAIM', 'AUDIT_TTL'] as const),
  ],
  mail: ['SMTP_URL', 'MAIL_FROM'],
} as const satisfies Record<SettingGroup, readonly (keyof Config)[]>

/** What no `./obb restart` changes: where things lie, where processes listen, and how many there are. */
export const READ_AT_START: readonly (keyof Config)[] = [
  ...(['OBB_HOME', 'DATABASE_URL', 'HOST', 'API_PORT', 'PROXY_PORT', 'ADMIN_HOST', 'ADMIN_PORT'] as const),
  ...(['API_WORKERS', 'PROXY_WORKERS', 'MONITOR_HOST', 'API_MONITOR_PORT', 'PROXY_MONITOR_PORT'] as const),
]
