import type { z } from 'zod'

const PORT = 'a port from 0 to 65535, such as 8080'
const POOL = 'a number of connections from 2 to 500, such as 8'
const WORKERS = 'a number of processes from 1 to 256, such as 2'
const HTTP_URL = 'an address with http:// or https://, such as https://obb.example.org'

/** What a setting has to be, with an example, where the schema's own message would speak to programmers. */
const MUST_BE: Readonly<Record<string, string>> = {
  API_PORT: PORT,
  PROXY_PORT: PORT,
  ADMIN_PORT: PORT,
  FETCHER_PORT: PORT,
  API_MONITOR_PORT: PORT,
  PROXY_MONITOR_PORT: PORT,
  API_WORKERS: WORKERS,
  PROXY_WORKERS: WORKERS,
  API_DATABASE_POOL: POOL,
  PROXY_DATABASE_POOL: POOL,
  FETCHER_DATABASE_POOL: POOL,
  PROXY_OFFLOAD: 'off, redirect or x-accel',
  SERVE_WHILE_FETCHING: 'true or false',
  PUBLIC_API_URL: HTTP_URL,
  PUBLIC_PROXY_URL: HTTP_URL,
  S3_ENDPOINT: HTTP_URL.replace('obb.example.org', 's3.example.org'),
  S3_BUCKET: 'the name of a bucket, of 3 to 63 characters, such as obb-files',
  DATABASE_URL: 'an address of PostgreSQL, such as postgresql://obb@127.0.0.1:5432/obb',
  REDIS_URL: 'an address of Redis, such as redis://127.0.0.1:6379',
  FETCH_HASHES: 'native or resumable',
  FETCHER_CONCURRENCY: 'a number of files from 1 to 256, such as 8',
  FETCHER_SPEED_FLOOR: 'a size, such as 64KB, or 0',
  STORAGE_RESERVE: 'a size, such as 1GB, or 0',
  MAX_CONNECTIONS: 'a number from 10 to 1000000, such as 5000',
  OIDC_ISSUER: HTTP_URL.replace('obb.example.org', 'id.example.org'),
  OIDC_SIGN_UP: 'none, invitation or anyone',
  RATE_LIMIT: 'a number from 0 to 1000000, such as 3000',
  OTEL_EXPORTER_OTLP_ENDPOINT: HTTP_URL.replace('https://obb.example.org', 'http://127.0.0.1:4318'),
  OTEL_TRACES_SAMPLER_ARG: 'a share of all traces from 0 to 1, such as 0.1',
  LOG_LEVEL: 'fatal, error, warn, info, debug, trace or silent; info is the usual one',
}

/** A fault of a setting in words for people, without its value. */
export function faultOf({ code, message, path }: z.core.$ZodIssue, isSet: boolean): string {
  const name = path.join('.')
  if (!isSet) return `${name} is not set`
  const must = Object.hasOwn(MUST_BE, name) ? MUST_BE[name] : undefined
  // What our own checks say is for people already.
  return code === 'custom' || must === undefined ? `${name} ${message}` : `${name} must be ${must}`
}
