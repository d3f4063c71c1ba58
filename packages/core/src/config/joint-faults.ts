import type { Environment } from './environment.js'

/** Faults of settings together, of those that are named. */
export function jointFaults(env: Environment, names: readonly string[]): string[] {
  return [
    ...(names.includes('SMTP_URL') ? mailFaults(env) : []),
    ...(names.includes('OIDC_ISSUER') ? oidcFaults(env) : []),
    ...(names.includes('S3_ENDPOINT') ? storeFaults(env) : []),
  ]
}

function mailFaults(env: Environment): string[] {
  return env['SMTP_URL'] !== undefined && env['MAIL_FROM'] === undefined
    ? ['MAIL_FROM is needed with SMTP_URL']
    : []
}

/** A provider that is set in part would quietly be none. */
function oidcFaults(env: Environment): string[] {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: client, OIDC_SCOPES: scopes } = env
  const faults = ['OIDC_CLIENT_SECRET', 'OIDC_OPERATOR_CLAIM']
    .filter((name) => env[name] !== undefined && issuer === undefined)
    .map((name) => `${name} is of no use without OIDC_ISSUER`)
  if (issuer !== undefined && client === undefined) faults.push('OIDC_CLIENT_ID is needed with OIDC_ISSUER')
  if (issuer === undefined && client !== undefined) faults.push('OIDC_ISSUER is needed with OIDC_CLIENT_ID')
  if (scopes !== undefined && !scopes.split(/\s+/).includes('openid'))
    faults.push('OIDC_SCOPES has to have openid')
  return faults
}

function storeFaults(env: Environment): string[] {
  const faults = s3Faults(env)
  const hasProxies = (env['TRUSTED_PROXIES'] ?? '').trim() !== ''
  if (env['PROXY_OFFLOAD'] === 'x-accel' && !hasProxies) {
    faults.push('PROXY_OFFLOAD x-accel needs the address of the nginx in front in TRUSTED_PROXIES')
  }
  if (env['PROXY_OFFLOAD'] === 'redirect' && env['S3_ENDPOINT'] === undefined) {
    faults.push('PROXY_OFFLOAD redirects to an S3 only, and none is set')
  }
  return faults
}

/** An S3 that is set in part would quietly be the local directory. Told beside all other faults. */
function s3Faults(env: Environment): string[] {
  const parts = ['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY']
  const missing = parts.filter((name) => env[name] === undefined)
  return missing.length === parts.length
    ? []
    : missing.map((name) => `${name} is needed with the other S3 settings`)
}
