/** A hostname as manifests and operators write it: lower case, without `www.` and the dot of the root. */
export function bareHostname(hostname: string): string {
  return hostname
    .trim()
    .toLowerCase()
    .replace(/(?<!\.)\.+$/, '')
    .replace(/^www\./, '')
}
