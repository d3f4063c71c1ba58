/** A hostname as manifests and operators write it: lower case, without `www.` and the dot of the root. */
export function bareHostname(hostname: string): string {
  return hostname
    .trim()
    .toLowerCase()
    .replace(/(?<!\.)\.+$/, '')
    .replace(/^www\./, '')
}

/** A hostname, without a scheme, with what comes behind it in a URL. */
export const HOST_BEFORE_PATH = /^(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*\.?(?::\d{1,5})?[/?#]/i
