import { join } from 'node:path'
import type { StoreConfig } from '../config/index.js'
import type { S3Settings } from './s3/s3-store.js'

export type StoreSettings =
  /** `reserve`: see LocalStore. */
  { kind: 'local'; directory: string; reserve?: number } | ({ kind: 's3' } & S3Settings)

/** storeSettings tells where files lie: an S3 if one is configured, else a directory below OBB_HOME. */
export function storeSettings(config: StoreConfig): StoreSettings {
  const { S3_ENDPOINT: endpoint, S3_BUCKET: bucket, S3_REGION: region } = config
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = config
  if (endpoint === undefined || bucket === undefined || !accessKeyId || !secretAccessKey) {
    return { kind: 'local', directory: join(config.OBB_HOME, 'files'), reserve: config.STORAGE_RESERVE }
  }
  const readableParts = config.SERVE_WHILE_FETCHING
  return { kind: 's3', endpoint, bucket, region, accessKeyId, secretAccessKey, readableParts }
}
