import type { SettingGroup, SettingView } from '@obb/contracts'
import { m } from '../../shared/text.js'

/** What each setting means, in a sentence. */
const MEANINGS: Readonly<Record<string, () => string>> = {
  OBB_HOME: m.setting_obb_home,
  LOG_LEVEL: m.setting_log_level,
  HOST: m.setting_host,
  API_PORT: m.setting_api_port,
  PROXY_PORT: m.setting_proxy_port,
  ADMIN_HOST: m.setting_admin_host,
  ADMIN_PORT: m.setting_admin_port,
  API_WORKERS: m.setting_api_workers,
  PROXY_WORKERS: m.setting_proxy_workers,
  PUBLIC_API_URL: m.setting_public_api_url,
  PUBLIC_PROXY_URL: m.setting_public_proxy_url,
  TRUSTED_PROXIES: m.setting_trusted_proxies,
  ERRORS_AS_200: m.setting_errors_as_200,
  RATE_LIMIT: m.setting_rate_limit,
  MAX_CONNECTIONS: m.setting_max_connections,
  DATABASE_URL: m.setting_database_url,
  DATABASE_PASSWORD: m.setting_database_password,
  API_DATABASE_PASSWORD: m.setting_api_database_password,
  FETCHER_DATABASE_PASSWORD: m.setting_fetcher_database_password,
  PROXY_DATABASE_PASSWORD: m.setting_proxy_database_password,
  API_DATABASE_POOL: m.setting_api_database_pool,
  PROXY_DATABASE_POOL: m.setting_proxy_database_pool,
  FETCHER_DATABASE_POOL: m.setting_fetcher_database_pool,
  REDIS_URL: m.setting_redis_url,
  REDIS_PASSWORD: m.setting_redis_password,
  S3_ENDPOINT: m.setting_s3_endpoint,
  S3_BUCKET: m.setting_s3_bucket,
  S3_REGION: m.setting_s3_region,
  S3_ACCESS_KEY_ID: m.setting_s3_access_key_id,
  S3_SECRET_ACCESS_KEY: m.setting_s3_secret_access_key,
  S3_PREFIX: m.setting_s3_prefix,
  LINK_TTL: m.setting_link_ttl,
  FILE_TTL: m.setting_file_ttl,
  FACTS_TTL: m.setting_facts_ttl,
  HISTORY_TTL: m.setting_history_ttl,
  STORAGE_QUOTA: m.setting_storage_quota,
  STORAGE_RESERVE: m.setting_storage_reserve,
  FETCHER_CONCURRENCY: m.setting_fetcher_concurrency,
  FETCHER_BANDWIDTH: m.setting_fetcher_bandwidth,
  FETCHER_SPEED_FLOOR: m.setting_fetcher_speed_floor,
  HTTP_UNKNOWN_SIZE_MAX: m.setting_http_unknown_size_max,
  FETCHER_DRAIN: m.setting_fetcher_drain,
  REPAIR_MAX: m.setting_repair_max,
  FETCHER_PORT: m.setting_fetcher_port,
  API_MONITOR_PORT: m.setting_api_monitor_port,
  PROXY_MONITOR_PORT: m.setting_proxy_monitor_port,
  OTEL_EXPORTER_OTLP_ENDPOINT: m.setting_otel_exporter_otlp_endpoint,
  OTEL_EXPORTER_OTLP_HEADERS: m.setting_otel_exporter_otlp_headers,
  OTEL_TRACES_SAMPLER_ARG: m.setting_otel_traces_sampler_arg,
  MONITOR_HOST: m.setting_monitor_host,
  FETCH_ALLOW_NETWORKS: m.setting_fetch_allow_networks,
  FETCH_HASHES: m.setting_fetch_hashes,
  FETCH_DIGESTS: m.setting_fetch_digests,
  SERVE_WHILE_FETCHING: m.setting_serve_while_fetching,
  PROXY_OFFLOAD: m.setting_proxy_offload,
  BACKUP_DIR: m.setting_backup_dir,
  BACKUP_KEEP: m.setting_backup_keep,
  BACKUP_PASSPHRASE: m.setting_backup_passphrase,
  SECRETS_KEY: m.setting_secrets_key,
  SECRETS_KEYS_OLD: m.setting_secrets_keys_old,
  ADMIN_TOKEN: m.setting_admin_token,
  SETUP_CODE: m.setting_setup_code,
  OIDC_ISSUER: m.setting_oidc_issuer,
  OIDC_CLIENT_ID: m.setting_oidc_client_id,
  OIDC_CLIENT_SECRET: m.setting_oidc_client_secret,
  OIDC_NAME: m.setting_oidc_name,
  OIDC_SCOPES: m.setting_oidc_scopes,
  OIDC_SIGN_UP: m.setting_oidc_sign_up,
  OIDC_OPERATOR_CLAIM: m.setting_oidc_operator_claim,
  AUDIT_TTL: m.setting_audit_ttl,
  SMTP_URL: m.setting_smtp_url,
  MAIL_FROM: m.setting_mail_from,
}

export const meaningOf = ({ name }: SettingView): string => MEANINGS[name]?.() ?? ''

export const GROUPS: Record<SettingGroup, () => string> = {
  runs: m.admin_settings_group_runs,
  reached: m.admin_settings_group_reached,
  databases: m.admin_settings_group_databases,
  files: m.admin_settings_group_files,
  fetching: m.admin_settings_group_fetching,
  backups: m.admin_settings_group_backups,
  secrets: m.admin_settings_group_secrets,
  mail: m.admin_settings_group_mail,
}

export const SOURCES: Record<SettingView['source'], () => string> = {
  environment: m.admin_setting_environment,
  file: m.admin_setting_file,
  made: m.admin_setting_made,
  default: m.admin_setting_by_default,
  elsewhere: m.admin_setting_other_processes,
}

export const PROCESSES: Record<SettingView['processes'][number], () => string> = {
  api: m.admin_setting_api,
  fetcher: m.admin_setting_fetcher,
  proxy: m.admin_setting_proxy,
  migrate: m.admin_setting_migrate,
  backup: m.admin_setting_backup,
}

export function valueText({ source, value, hidden }: SettingView): string {
  if (source === 'elsewhere') return m.admin_setting_not_known()
  return hidden ? m.admin_setting_set() : (value ?? m.admin_setting_not_set())
}
